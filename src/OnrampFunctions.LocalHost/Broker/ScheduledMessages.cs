namespace OnrampFunctions.Local;

/// <summary>Messages that wait for their time: found by sequence number to cancel them, by time to send them.</summary>
internal sealed class ScheduledMessages
{
    private readonly Dictionary<long, (BrokerMessage Message, DateTimeOffset DueAt)> _bySequence = [];
    private readonly PriorityQueue<long, (DateTimeOffset DueAt, long Sequence)> _byTime = new();

    public int Count => _bySequence.Count;

    public void Add(long sequenceNumber, BrokerMessage message, DateTimeOffset dueAt)
    {
        _bySequence.Add(sequenceNumber, (message, dueAt));
        _byTime.Enqueue(sequenceNumber, (dueAt, sequenceNumber));
    }

    public BrokerMessage? Find(long sequenceNumber) =>
        _bySequence.TryGetValue(sequenceNumber, out var found) ? found.Message : null;

    /// <summary>Finds the message of an id, and when it is due; a scan, since hardly anybody asks.</summary>
    public (long SequenceNumber, DateTimeOffset DueAt)? Find(string messageId)
    {
        foreach (var (sequenceNumber, (message, dueAt)) in _bySequence)
        {
            if (message.MessageId == messageId)
            {
                return (sequenceNumber, dueAt);
            }
        }

        return null;
    }

    public bool Remove(long sequenceNumber)
    {
        if (!_bySequence.Remove(sequenceNumber))
        {
            return false;
        }

        // A heap cannot remove from its middle cheaply; cancelled numbers stay until they outnumber the living.
        if (_byTime.Count > 64 + (2 * _bySequence.Count))
        {
            _byTime.Clear();
            _byTime.EnqueueRange(_bySequence.Select(pair => (pair.Key, (pair.Value.DueAt, pair.Key))));
        }

        return true;
    }

    /// <summary>When the next message is due; null when none waits.</summary>
    public DateTimeOffset? NextDueAt
    {
        get
        {
            while (_byTime.TryPeek(out long sequence, out var time))
            {
                if (_bySequence.ContainsKey(sequence))
                {
                    return time.DueAt;
                }

                _byTime.Dequeue();
            }

            return null;
        }
    }

    public bool TryTakeDue(DateTimeOffset now, out BrokerMessage? message)
    {
        message = null;
        if (NextDueAt is not { } dueAt || dueAt > now)
        {
            return false;
        }

        _bySequence.Remove(_byTime.Dequeue(), out var taken);
        message = taken.Message;
        return true;
    }
}
