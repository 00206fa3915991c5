namespace OnrampFunctions.Local;

/// <summary>
/// A queue, a subscription or a dead-letter queue: peek-lock, delivery counting, dead-lettering, scheduling and duplicate detection.
/// Every operation is O(1) or O(log n) under one short lock, and one timer serves all locks and schedules.
/// </summary>
public sealed class MessageQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly QueueSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Faults? _faults;
    private readonly ITimer _timer;
    private readonly DuplicateHistory _history;
    private readonly ScheduledMessages _scheduled = new();
    private readonly ReadyMessages _ready;
    private readonly MessageLocks _locks;
    private readonly LinkedList<WaitingReceiver> _waiting = new();
    private readonly QueueWatchers _watchers = new();
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private long _lastSequenceNumber;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="name">Its path, as errors and fault decisions name it.</param>
    /// <param name="settings">How it behaves.</param>
    /// <param name="clock">The time of locks, schedules and duplicate detection.</param>
    /// <param name="deadLetters">Where its dead letters go; null for a dead-letter queue.</param>
    /// <param name="faults">What goes wrong on purpose; null for nothing.</param>
    public MessageQueue(string name, QueueSettings settings, TimeProvider clock, MessageQueue? deadLetters = null, Faults? faults = null)
    {
        Name = name;
        DeadLetters = deadLetters;
        _settings = settings;
        _clock = clock;
        _faults = faults;
        _ready = new ReadyMessages(settings.Capacity);
        _locks = new MessageLocks(settings.LockDuration);
        _history = new DuplicateHistory(settings.DuplicateWindow, settings.RememberedIds);
        _timer = clock.CreateTimer(static queue => ((MessageQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name { get; }

    public MessageQueue? DeadLetters { get; }

    /// <summary>Tells of every message that duplicate detection lets in. The queue is held meanwhile: whoever listens is quick and does not call back.</summary>
    public event Action<BrokerMessage>? Accepted;

    public QueueCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return CountsNow();
            }
        }
    }

    /// <summary>Adds a message; false when duplicate detection dropped it, which a sender over the wire does not learn.</summary>
    public bool Send(BrokerMessage message)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            return TryAccept(message, now) && Enqueue(new QueueEntry(message, ++_lastSequenceNumber, now));
        }
    }

    /// <summary>
    /// Adds a message that becomes visible at <paramref name="dueAt"/> and answers the sequence number that cancels it. As in Service Bus, a
    /// duplicate gets a number too, which then belongs to no message, and a message that becomes visible is given a new number.
    /// </summary>
    public long Schedule(BrokerMessage message, DateTimeOffset dueAt)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var sequenceNumber = ++_lastSequenceNumber;
            if (!TryAccept(message, now))
            {
                return sequenceNumber;
            }

            if (dueAt <= now)
            {
                Enqueue(new QueueEntry(message, sequenceNumber, now));
                return sequenceNumber;
            }

            _scheduled.Add(sequenceNumber, message, dueAt);
            Arm(now);
            Changed();
            return sequenceNumber;
        }
    }

    /// <summary>Cancels a scheduled message; false when the number is unknown, the message was sent, or <paramref name="accepts"/> declines it.</summary>
    public bool CancelScheduled(long sequenceNumber, Func<BrokerMessage, bool>? accepts = null)
    {
        lock (_gate)
        {
            var cancelled = _scheduled.Find(sequenceNumber) is { } message && (accepts?.Invoke(message) ?? true) && _scheduled.Remove(sequenceNumber);
            Changed();
            return cancelled;
        }
    }

    /// <summary>Finds a scheduled message by its id; null when none of that id waits.</summary>
    public (long SequenceNumber, DateTimeOffset DueAt)? FindScheduled(string messageId)
    {
        lock (_gate)
        {
            return _scheduled.Find(messageId);
        }
    }

    /// <summary>Takes the oldest ready message and locks it, waiting for one while there is none.</summary>
    public ValueTask<LockedMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<LockedMessage>(cancellationToken);
            }

            if (_ready.TryTake(out var entry))
            {
                var locked = Deliver(entry);
                Changed();
                return ValueTask.FromResult(locked);
            }

            return new ValueTask<LockedMessage>(WaitAsync(_waiting.AddLast(new WaitingReceiver()), cancellationToken));
        }
    }

    /// <summary>Takes the oldest ready message and locks it; null when none comes within <paramref name="patience"/>.</summary>
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
            if (!_ready.TryTake(out var entry))
            {
                return null;
            }

            var locked = Deliver(entry);
            Changed();
            return locked;
        }
    }

    /// <summary>Removes a message for good; false when its lock was lost, and then it will be, or has been, delivered again.</summary>
    public bool TryComplete(LockedMessage message)
    {
        lock (_gate)
        {
            if (!Unlock(message))
            {
                return false;
            }

            if (message.DeliveryCount < _settings.MaxDeliveryCount && Hits(FaultKind.Redelivery, message.Entry))
            {
                MakeReady(message.Entry);
            }

            Changed();
            return true;
        }
    }

    /// <summary>Gives a message back, to be delivered again or dead-lettered when it was delivered too often; false when its lock was lost.</summary>
    public bool TryAbandon(LockedMessage message, IReadOnlyDictionary<string, object>? properties = null)
    {
        lock (_gate)
        {
            if (!Unlock(message))
            {
                return false;
            }

            message.Entry.Set(properties);
            Return(message.Entry);
            Changed();
            return true;
        }
    }

    /// <summary>Moves a message to the dead-letter queue; false when its lock was lost.</summary>
    public bool TryDeadLetter(LockedMessage message, string? reason, string? description, IReadOnlyDictionary<string, object>? properties = null)
    {
        lock (_gate)
        {
            if (!Unlock(message))
            {
                return false;
            }

            message.Entry.Set(properties);
            DeadLetter(message.Entry, reason, description);
            Changed();
            return true;
        }
    }

    /// <summary>Starts the lock's duration anew; false when it was lost.</summary>
    public bool TryRenewLock(LockedMessage message)
    {
        lock (_gate)
        {
            return _locks.TryRenew(message, _clock.GetUtcNow());
        }
    }

    /// <summary>Completes when the queue is in the state asked for, at once if it is in it now; tests and load runs wait with it.</summary>
    public Task WhenAsync(Func<QueueCounts, bool> predicate, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return predicate(CountsNow()) ? Task.CompletedTask : _watchers.Add(predicate).WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        DeadLetters?.Dispose();
    }

    private QueueCounts CountsNow() => new(_ready.Count, _locks.Count, _scheduled.Count);

    private async Task<LockedMessage> WaitAsync(LinkedListNode<WaitingReceiver> node, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                // A receiver that a message was handed to is no longer in the list, and then keeps the message.
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                    node.Value.TrySetCanceled(cancellationToken);
                }
            }
        });
        return await node.Value.Task;
    }

    private bool TryAccept(BrokerMessage message, DateTimeOffset now)
    {
        if (!_history.TryAdd(message.MessageId, now))
        {
            return false;
        }

        Accepted?.Invoke(message);
        return true;
    }

    private bool Enqueue(QueueEntry entry)
    {
        MakeReady(entry);
        Changed();
        return true;
    }

    private void MakeReady(QueueEntry entry)
    {
        if (_waiting.First is not { } longest)
        {
            _ready.Add(entry);
            return;
        }

        _waiting.RemoveFirst();
        longest.Value.SetResult(Deliver(entry));
    }

    private LockedMessage Deliver(QueueEntry entry)
    {
        entry.DeliveryCount++;
        var now = _clock.GetUtcNow();
        if (entry.DeliveryCount < _settings.MaxDeliveryCount && Hits(FaultKind.LockLost, entry))
        {
            // The receiver works on without knowing that somebody else gets the message too.
            var lost = _locks.Lose(entry, now);
            MakeReady(entry);
            return lost;
        }

        var locked = _locks.Lock(entry, now);
        Arm(now);
        return locked;
    }

    private bool Hits(FaultKind kind, QueueEntry entry) => _faults?.Hits(kind, entry.Message.MessageId, entry.DeliveryCount) ?? false;

    private bool Unlock(LockedMessage message)
    {
        if (_locks.TryRelease(message, _clock.GetUtcNow()))
        {
            return true;
        }

        Changed();
        return false;
    }

    private void Return(QueueEntry entry)
    {
        if (entry.DeliveryCount >= _settings.MaxDeliveryCount && DeadLetters is not null)
        {
            DeadLetter(entry, "MaxDeliveryCountExceeded", $"Message could not be consumed after {_settings.MaxDeliveryCount} delivery attempts.");
        }
        else
        {
            MakeReady(entry);
        }
    }

    private void DeadLetter(QueueEntry entry, string? reason, string? description)
    {
        if (DeadLetters is null)
        {
            MakeReady(entry);
            return;
        }

        DeadLetters.Accept(entry, reason, description);
    }

    private void Accept(QueueEntry entry, string? reason, string? description)
    {
        lock (_gate)
        {
            Enqueue(new QueueEntry(entry.Message, entry.SequenceNumber, entry.EnqueuedTime) { DeadLetterReason = reason, DeadLetterErrorDescription = description });
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armedFor = DateTimeOffset.MaxValue;
            var now = _clock.GetUtcNow();
            while (_locks.TryTakeExpired(now, out var expired))
            {
                Return(expired!.Entry);
            }

            while (_scheduled.TryTakeDue(now, out var message))
            {
                Enqueue(new QueueEntry(message!, ++_lastSequenceNumber, now));
            }

            Arm(now);
            Changed();
        }
    }

    private void Arm(DateTimeOffset now)
    {
        var next = _scheduled.NextDueAt ?? DateTimeOffset.MaxValue;
        if (_locks.NextExpiry is { } expiry && expiry < next)
        {
            next = expiry;
        }

        if (next >= _armedFor)
        {
            return;
        }

        _armedFor = next;

        // Timers count whole milliseconds and at most 49 days; rounding up keeps one from firing just before its time.
        var milliseconds = Math.Clamp(Math.Ceiling((next - now).TotalMilliseconds), 1, TimeSpan.FromDays(1).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void Changed()
    {
        if (_watchers.Any)
        {
            _watchers.Tell(CountsNow());
        }
    }
}
