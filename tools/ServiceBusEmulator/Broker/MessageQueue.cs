namespace ServiceBusEmulator.Broker;

/// <summary>
/// A queue, a subscription or a dead-letter queue: peek-lock, delivery counting, dead-lettering, deferring, scheduling,
/// expiry and duplicate detection. Every operation but looking into it is O(1) or O(log n) under one short lock, and
/// one timer serves all times.
/// </summary>
public sealed class MessageQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly QueueContents _contents;
    private readonly CountWatchers _watchers = new();
    private readonly QueueTimer _wakeUp;
    private readonly TimeProvider _clock;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="name">Its path, as errors and fault decisions name it.</param>
    /// <param name="settings">How it behaves.</param>
    /// <param name="clock">The time of locks, schedules, expiry and duplicate detection.</param>
    /// <param name="deadLetters">Where its dead letters go; null for a dead-letter queue.</param>
    /// <param name="faults">What goes wrong on purpose; null for nothing.</param>
    public MessageQueue(
        string name,
        QueueSettings settings,
        TimeProvider clock,
        MessageQueue? deadLetters = null,
        IBrokerFaults? faults = null
    )
    {
        Name = name;
        DeadLetters = deadLetters;
        _clock = clock;
        _contents = new QueueContents(this, settings, clock, faults ?? NoFaults.Instance, _gate);
        _wakeUp = new QueueTimer(clock, OnTime);
    }

    public string Name { get; }

    public MessageQueue? DeadLetters { get; }

    /// <summary>
    /// Tells of every message that duplicate detection lets in. The queue is held meanwhile: whoever listens is quick
    /// and does not call back.
    /// </summary>
    public event Action<BrokerMessage>? Accepted;

    public QueueCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _contents.Counts;
            }
        }
    }

    /// <summary>
    /// Who gets every message that would become visible here; null for whoever receives. The queue is held meanwhile.
    /// </summary>
    internal Action<BrokerMessage>? Forward { get; set; }

    /// <summary>Whether this is the inbox of a topic.</summary>
    internal bool IsTopic { get; init; }

    /// <summary>
    /// Adds a message; false when duplicate detection dropped it, which a sender over the wire does not learn.
    /// </summary>
    public bool Send(BrokerMessage message)
    {
        lock (_gate)
        {
            if (!TryAccept(message))
            {
                return false;
            }

            _contents.Enqueue(message, _contents.NextNumber());
            Changed();
            return true;
        }
    }

    /// <summary>
    /// Adds a message that becomes visible at <paramref name="dueAt"/> and answers the sequence number that cancels it.
    /// As in Service Bus, a duplicate gets a number too, which then belongs to no message, and a message that becomes
    /// visible is given a new number.
    /// </summary>
    public long Schedule(BrokerMessage message, DateTimeOffset dueAt)
    {
        lock (_gate)
        {
            var sequenceNumber = _contents.NextNumber();
            if (TryAccept(message))
            {
                _contents.Schedule(message, sequenceNumber, dueAt);
                Changed();
            }

            return sequenceNumber;
        }
    }

    /// <summary>
    /// Cancels a scheduled message; false when the number is unknown, the message was sent, or
    /// <paramref name="accepts"/> declines it.
    /// </summary>
    public bool CancelScheduled(long sequenceNumber, Func<BrokerMessage, bool>? accepts = null)
    {
        lock (_gate)
        {
            var cancelled = _contents.TryCancel(sequenceNumber, accepts);
            Changed();
            return cancelled;
        }
    }

    /// <summary>Takes the oldest ready message and locks it, waiting for one while there is none.</summary>
    public ValueTask<LockedMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<LockedMessage>(cancellationToken)
                : TryReceive() is { } atOnce ? ValueTask.FromResult(atOnce)
                : new ValueTask<LockedMessage>(_contents.WaitAsync(cancellationToken));
        }
    }

    /// <summary>
    /// Takes the oldest ready message and locks it; null when none comes within <paramref name="patience"/>.
    /// </summary>
    public async Task<LockedMessage?> ReceiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (TryReceive() is { } atOnce)
        {
            return atOnce;
        }

        if (patience <= TimeSpan.Zero)
        {
            return null;
        }

        using CancellationTokenSource patienceEnded = new(patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patienceEnded.Token);
        try
        {
            return await ReceiveAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Takes the oldest ready message and locks it; null when there is none.</summary>
    public LockedMessage? TryReceive()
    {
        lock (_gate)
        {
            var taken = _contents.Take();
            Changed();
            return taken;
        }
    }

    /// <summary>
    /// Removes a message for good; false when its lock was lost, and then it will be, or has been, delivered again.
    /// </summary>
    public bool TryComplete(LockedMessage message) => Settle(message, _contents.Complete);

    /// <summary>
    /// Gives a message back, to be delivered again or dead-lettered when it was delivered too often; false when its
    /// lock was lost.
    /// </summary>
    public bool TryAbandon(LockedMessage message, IReadOnlyDictionary<string, object?>? properties = null) =>
        Settle(message, _contents.Abandon, properties);

    /// <summary>Moves a message to the dead-letter queue; false when its lock was lost.</summary>
    public bool TryDeadLetter(
        LockedMessage message,
        string? reason,
        string? description,
        IReadOnlyDictionary<string, object?>? properties = null
    ) => Settle(message, entry => _contents.DeadLetter(entry, reason, description), properties);

    /// <summary>Starts the lock's duration anew; false when it was lost.</summary>
    public bool TryRenewLock(LockedMessage message)
    {
        lock (_gate)
        {
            var renewed = _contents.TryRenew(message);
            Changed();
            return renewed;
        }
    }

    /// <summary>
    /// Completes when the queue is in the state asked for, at once if it is in it now; tests and load runs wait with
    /// it.
    /// </summary>
    public Task WhenAsync(Func<QueueCounts, bool> predicate, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return predicate(_contents.Counts)
                ? Task.CompletedTask
                : _watchers.Add(predicate).WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _wakeUp.Dispose();
        DeadLetters?.Dispose();
    }

    /// <summary>
    /// Puts a message aside for whoever asks for its number (<see cref="TryReceiveDeferred"/>); false when its lock was
    /// lost.
    /// </summary>
    internal bool TryDefer(LockedMessage message, IReadOnlyDictionary<string, object?>? properties = null) =>
        Settle(message, _contents.Defer, properties);

    /// <summary>
    /// Gives back what nobody has looked at, as if it had not been delivered; false when its lock was lost.
    /// </summary>
    internal bool TryRelease(LockedMessage message) => Settle(message, _contents.Release);

    /// <summary>Finds the delivery under a lock; null when the lock has ended, or was of another queue.</summary>
    internal LockedMessage? FindLock(Guid token)
    {
        lock (_gate)
        {
            return _contents.FindLock(token);
        }
    }

    /// <summary>
    /// Takes messages that were put aside and locks them; null, and none is taken, when one of the numbers belongs to
    /// none.
    /// </summary>
    internal IReadOnlyList<LockedMessage>? TryReceiveDeferred(IEnumerable<long> sequenceNumbers)
    {
        lock (_gate)
        {
            var taken = _contents.TakeDeferred(sequenceNumbers);
            Changed();
            return taken;
        }
    }

    /// <summary>Looks at messages, whatever they are waiting for, from a number on.</summary>
    public IReadOnlyList<PeekedMessage> Peek(long fromSequenceNumber, int count)
    {
        lock (_gate)
        {
            return _contents.Peek(fromSequenceNumber, count);
        }
    }

    /// <summary>
    /// Removes a message that is ready to be received; null when there is none with that number, or a receiver holds it.
    /// </summary>
    public PeekedMessage? Remove(long sequenceNumber)
    {
        lock (_gate)
        {
            var removed = _contents.Remove(sequenceNumber);
            Changed();
            return removed;
        }
    }

    /// <summary>Adds a message under a new sequence number, without duplicate detection.</summary>
    public void Requeue(BrokerMessage message)
    {
        lock (_gate)
        {
            _contents.Enqueue(message, _contents.NextNumber());
            Changed();
        }
    }

    /// <summary>Takes a dead letter of another queue.</summary>
    internal void Accept(QueueEntry deadLetter)
    {
        lock (_gate)
        {
            _contents.Add(deadLetter);
            Changed();
        }
    }

    private bool TryAccept(BrokerMessage message)
    {
        if (!_contents.TryAccept(message))
        {
            return false;
        }

        Accepted?.Invoke(message);
        return true;
    }

    /// <summary>Unlocks a message, does to it what its receiver wants, and tells.</summary>
    private bool Settle(
        LockedMessage message,
        Action<QueueEntry> act,
        IReadOnlyDictionary<string, object?>? properties = null
    )
    {
        lock (_gate)
        {
            var isHeld = _contents.TryUnlock(message);
            if (isHeld)
            {
                message.Entry.Message = message.Entry.Message.With(properties);
                act(message.Entry);
            }

            Changed();
            return isHeld;
        }
    }

    private void OnTime()
    {
        lock (_gate)
        {
            _wakeUp.Fired();
            _contents.PassTime();
            Changed();
        }
    }

    /// <summary>Sees to the next time, and tells whoever waits for a state.</summary>
    private void Changed()
    {
        _wakeUp.ArmFor(_contents.NextTime);
        if (_watchers.Any)
        {
            _watchers.Tell(_contents.Counts);
        }
    }
}
