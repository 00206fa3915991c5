namespace ServiceBusEmulator.Broker;

/// <summary>
/// A queue, a subscription or a dead-letter queue: peek-lock, delivery counting, dead-lettering, deferring, scheduling,
/// expiry and duplicate detection. Every operation except peeking is O(1) or O(log n) under one short lock, and one
/// timer serves all deadlines.
/// </summary>
public sealed class MessageQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly QueueContents _contents;
    private readonly CountWatchers _watchers = new();
    private readonly QueueTimer _timer;
    private readonly TimeProvider _clock;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="name">Its path.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="clock">The clock for locks, schedules, expiry and duplicate detection.</param>
    /// <param name="deadLetters">Where its dead letters go; null for a dead-letter queue.</param>
    /// <param name="faults">The faults to inject; null for none.</param>
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
        _timer = new QueueTimer(clock, OnTimer);
    }

    public string Name { get; }

    public MessageQueue? DeadLetters { get; }

    /// <summary>
    /// Raised for every message that passes duplicate detection, and for every dead letter of another queue, under the
    /// lock of the queue: handlers must be quick and must not call the queue.
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
    /// Receives every message instead of this queue, under its lock; null unless messages are forwarded.
    /// </summary>
    internal Action<BrokerMessage>? Forward { get; set; }

    /// <summary>Whether this is the inbox of a topic.</summary>
    internal bool IsTopic { get; init; }

    /// <summary>
    /// Adds a message; returns false when duplicate detection dropped it. Clients do not see the difference.
    /// </summary>
    public bool Send(BrokerMessage message)
    {
        lock (_gate)
        {
            if (!TryAccept(message))
            {
                return false;
            }

            _contents.Enqueue(message);
            OnChanged();
            return true;
        }
    }

    /// <summary>
    /// Adds a message that becomes visible at <paramref name="dueAt"/> and returns the sequence number that cancels it.
    /// As in Service Bus, a dropped duplicate still gets a number, and a message gets a new one when it becomes
    /// visible.
    /// </summary>
    public long Schedule(BrokerMessage message, DateTimeOffset dueAt)
    {
        lock (_gate)
        {
            var sequenceNumber = _contents.NextNumber(message);
            if (TryAccept(message))
            {
                _contents.Schedule(message, sequenceNumber, dueAt);
                OnChanged();
            }

            return sequenceNumber;
        }
    }

    /// <summary>
    /// Cancels a scheduled message; returns false when the number is unknown, the message is already visible, or
    /// <paramref name="accepts"/> returns false.
    /// </summary>
    public bool CancelScheduled(long sequenceNumber, Func<BrokerMessage, bool>? accepts = null)
    {
        lock (_gate)
        {
            var cancelled = _contents.TryCancel(sequenceNumber, accepts);
            OnChanged();
            return cancelled;
        }
    }

    /// <summary>
    /// Forgets the message ids so far, as if the window of duplicate detection had passed. A test uses it that cannot
    /// set the clock.
    /// </summary>
    public void ForgetIds()
    {
        lock (_gate)
        {
            _contents.ForgetIds();
        }
    }

    /// <summary>Locks the oldest ready message and returns it; waits while there is none.</summary>
    public ValueTask<LockedMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<LockedMessage>(cancellationToken);
            }

            return TryReceive() is { } ready
                ? ValueTask.FromResult(ready)
                : new ValueTask<LockedMessage>(_contents.WaitAsync(cancellationToken));
        }
    }

    /// <summary>
    /// Locks the oldest ready message and returns it; null when there is none within <paramref name="patience"/>.
    /// </summary>
    public async Task<LockedMessage?> ReceiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (TryReceive() is { } ready)
        {
            return ready;
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

    /// <summary>Locks the oldest ready message and returns it; null when there is none.</summary>
    public LockedMessage? TryReceive()
    {
        lock (_gate)
        {
            var taken = _contents.TryDeliver();
            OnChanged();
            return taken;
        }
    }

    /// <summary>Removes a message; returns false when its lock was lost: then it is delivered again.</summary>
    public bool TryComplete(LockedMessage message) => Settle(message, _contents.Complete);

    /// <summary>
    /// Returns a message to the queue, or dead-letters it after the maximum delivery count; returns false when its lock
    /// was lost.
    /// </summary>
    public bool TryAbandon(LockedMessage message, IReadOnlyDictionary<string, object?>? properties = null) =>
        Settle(message, _contents.Abandon, properties);

    /// <summary>Moves a message to the dead-letter queue; returns false when its lock was lost.</summary>
    public bool TryDeadLetter(
        LockedMessage message,
        string? reason,
        string? description,
        IReadOnlyDictionary<string, object?>? properties = null
    ) => Settle(message, entry => _contents.DeadLetter(entry, reason, description), properties);

    /// <summary>Renews a lock; returns false when it was lost.</summary>
    public bool TryRenewLock(LockedMessage message)
    {
        lock (_gate)
        {
            var renewed = _contents.TryRenew(message);
            OnChanged();
            return renewed;
        }
    }

    /// <summary>
    /// Completes when the counts satisfy the predicate, at once if they already do. Tests and load runs use it to wait.
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
        _timer.Dispose();
        DeadLetters?.Dispose();
    }

    /// <summary>
    /// Defers a message: only <see cref="TryReceiveDeferred"/> returns it. Returns false when its lock was lost.
    /// </summary>
    internal bool TryDefer(LockedMessage message, IReadOnlyDictionary<string, object?>? properties = null) =>
        Settle(message, _contents.Defer, properties);

    /// <summary>
    /// Returns a message to the queue without counting the delivery; returns false when its lock was lost.
    /// </summary>
    internal bool TryRelease(LockedMessage message) => Settle(message, _contents.Release);

    /// <summary>
    /// Finds a delivery by its lock token; null when the lock has expired or belongs to another queue.
    /// </summary>
    internal LockedMessage? FindLock(Guid token)
    {
        lock (_gate)
        {
            return _contents.FindLock(token);
        }
    }

    /// <summary>
    /// Locks deferred messages and returns them. Returns null and locks nothing if any number is not that of a deferred
    /// message.
    /// </summary>
    internal IReadOnlyList<LockedMessage>? TryReceiveDeferred(IEnumerable<long> sequenceNumbers)
    {
        lock (_gate)
        {
            var taken = _contents.TakeDeferred(sequenceNumbers);
            OnChanged();
            return taken;
        }
    }

    /// <summary>Returns messages in any state, from a sequence number on, without receiving them.</summary>
    public IReadOnlyList<PeekedMessage> Peek(long fromSequenceNumber, int count)
    {
        lock (_gate)
        {
            return _contents.Peek(fromSequenceNumber, count);
        }
    }

    /// <summary>Removes a ready message and returns it; null when no ready message has that number.</summary>
    public PeekedMessage? Remove(long sequenceNumber)
    {
        lock (_gate)
        {
            var removed = _contents.Remove(sequenceNumber);
            OnChanged();
            return removed;
        }
    }

    /// <summary>Adds a message under a new sequence number, without duplicate detection.</summary>
    public void Requeue(BrokerMessage message)
    {
        lock (_gate)
        {
            _contents.Enqueue(message);
            OnChanged();
        }
    }

    /// <summary>Adds a dead letter of another queue.</summary>
    internal void Accept(QueueEntry deadLetter)
    {
        lock (_gate)
        {
            _contents.Add(deadLetter);
            Accepted?.Invoke(deadLetter.Message);
            OnChanged();
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

    /// <summary>Unlocks a message and settles it.</summary>
    private bool Settle(
        LockedMessage message,
        Action<QueueEntry> act,
        IReadOnlyDictionary<string, object?>? properties = null
    )
    {
        lock (_gate)
        {
            var wasLocked = _contents.TryUnlock(message);
            if (wasLocked)
            {
                message.Entry.Message = message.Entry.Message.With(properties);
                act(message.Entry);
            }

            OnChanged();
            return wasLocked;
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timer.Fired();
            _contents.ProcessDeadlines();
            OnChanged();
        }
    }

    /// <summary>Arms the timer for the next deadline and notifies watchers.</summary>
    private void OnChanged()
    {
        _timer.ArmFor(_contents.NextDeadline);
        if (_watchers.Any)
        {
            _watchers.Notify(_contents.Counts);
        }
    }
}
