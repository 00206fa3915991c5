using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>Messages with a deadline: when they become visible, or expire.</summary>
internal sealed class Timetable
{
    private readonly Dictionary<long, (QueueEntry Entry, DateTimeOffset At)> _byNumber = [];
    private readonly PriorityQueue<long, (DateTimeOffset At, long Number)> _byTime = new();

    public int Count => _byNumber.Count;

    public IEnumerable<QueueEntry> Entries => _byNumber.Values.Select(row => row.Entry);

    public void Add(QueueEntry entry, DateTimeOffset at)
    {
        _byNumber.Add(entry.SequenceNumber, (entry, at));
        _byTime.Enqueue(entry.SequenceNumber, (at, entry.SequenceNumber));
    }

    public bool Remove(QueueEntry entry)
    {
        if (!_byNumber.Remove(entry.SequenceNumber))
        {
            return false;
        }

        // A heap cannot remove from its middle cheaply; removed numbers stay until they outnumber the others.
        if (_byTime.Count > 64 + (2 * _byNumber.Count))
        {
            _byTime.Clear();
            _byTime.EnqueueRange(_byNumber.Select(pair => (pair.Key, (pair.Value.At, pair.Key))));
        }

        return true;
    }

    /// <summary>The next deadline; null when there is none.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            while (_byTime.TryPeek(out var number, out var time))
            {
                if (_byNumber.ContainsKey(number))
                {
                    return time.At;
                }

                _byTime.Dequeue();
            }

            return null;
        }
    }

    public bool TryTakeDue(DateTimeOffset now, [NotNullWhen(true)] out QueueEntry? entry)
    {
        entry = null;
        if (Next is not { } at || at > now)
        {
            return false;
        }

        _byNumber.Remove(_byTime.Dequeue(), out var taken);
        entry = taken.Entry;
        return true;
    }
}
