namespace ServiceBusEmulator.Broker;

/// <summary>
/// The messages of a queue and their transitions. Not thread-safe: the queue calls it under its lock, and handles the
/// timer and the watchers itself.
/// </summary>
internal sealed class QueueContents
{
    private readonly MessageQueue _queue;
    private readonly QueueSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IBrokerFaults _faults;
    private readonly DuplicateHistory _history;
    private readonly EntryIndex _entries = new();
    private readonly Timetable _scheduled = new();
    private readonly Timetable _expiring = new();
    private readonly ReadyMessages _ready;
    private readonly MessageLocks _locks;
    private readonly WaitingReceivers _receivers;
    private readonly SequenceNumbers _numbers;

    public QueueContents(
        MessageQueue queue,
        QueueSettings settings,
        TimeProvider clock,
        IBrokerFaults faults,
        Lock gate
    )
    {
        _queue = queue;
        _settings = settings;
        _clock = clock;
        _faults = faults;
        _history = new DuplicateHistory(settings.DuplicateWindow, settings.RememberedIds);
        _ready = new ReadyMessages(settings.Capacity);
        _locks = new MessageLocks(settings.LockDuration);
        _receivers = new WaitingReceivers(gate);
        _numbers = new SequenceNumbers(settings.Partitions);
    }

    public QueueCounts Counts => new(_ready.Count, _locks.Count, _scheduled.Count);

    /// <summary>The next deadline of a lock, a schedule or a time to live; null when there is none.</summary>
    public DateTimeOffset? NextDeadline => Earlier(_locks.NextExpiry, Earlier(_scheduled.Next, _expiring.Next));

    /// <summary>Returns false when duplicate detection has seen the message.</summary>
    public bool TryAccept(BrokerMessage message) => _history.TryAdd(message.MessageId, _clock.GetUtcNow());

    public void ForgetIds() => _history.Clear();

    /// <summary>The sequence number of a message that is about to be added.</summary>
    public long NextNumber(BrokerMessage message) => _numbers.Next(message.PartitionKey ?? message.MessageId);

    /// <summary>Makes a message visible under a new sequence number.</summary>
    public void Enqueue(BrokerMessage message) => Enqueue(message, NextNumber(message));

    private void Enqueue(BrokerMessage message, long sequenceNumber)
    {
        var now = _clock.GetUtcNow();
        var life = message.TimeToLive < _settings.TimeToLive ? message.TimeToLive : _settings.TimeToLive;
        Add(
            new QueueEntry(message, sequenceNumber, now)
            {
                ExpiresAt = life < DateTimeOffset.MaxValue - now ? now + life : DateTimeOffset.MaxValue,
            }
        );
    }

    /// <summary>Adds a message with an existing sequence number and enqueued time.</summary>
    public void Add(QueueEntry entry)
    {
        if (_queue.Forward is { } forward)
        {
            forward(entry.Message);
            return;
        }

        _entries.Add(entry);
        if (entry.ExpiresAt < DateTimeOffset.MaxValue)
        {
            _expiring.Add(entry, entry.ExpiresAt);
        }

        Place(entry);
    }

    public void Schedule(BrokerMessage message, long sequenceNumber, DateTimeOffset dueAt)
    {
        if (dueAt <= _clock.GetUtcNow())
        {
            Enqueue(message, sequenceNumber);
            return;
        }

        QueueEntry entry = new(message, sequenceNumber, _clock.GetUtcNow())
        {
            State = MessageState.Scheduled,
            DueAt = dueAt,
        };
        _entries.Add(entry);
        _scheduled.Add(entry, dueAt);
    }

    public bool TryCancel(long sequenceNumber, Func<BrokerMessage, bool>? accepts)
    {
        if (
            !_entries.TryFind(sequenceNumber, out var entry)
            || !(accepts?.Invoke(entry.Message) ?? true)
            || !_scheduled.Remove(entry)
        )
        {
            return false;
        }

        _entries.Remove(entry);
        return true;
    }

    public LockedMessage? TryDeliver() => _ready.TryTake(out var entry) ? Deliver(entry) : null;

    /// <summary>Removes a ready message; null when none has the number.</summary>
    public PeekedMessage? Remove(long sequenceNumber)
    {
        if (!_entries.TryFind(sequenceNumber, out var entry) || entry.State != MessageState.Ready)
        {
            return null;
        }

        _ready.Remove(entry);
        Remove(entry);
        return Show(entry);
    }

    public Task<LockedMessage> WaitAsync(CancellationToken cancellationToken) =>
        _receivers.WaitAsync(cancellationToken);

    /// <summary>Locks deferred messages; null, and none is locked, when one of the numbers belongs to none.</summary>
    public IReadOnlyList<LockedMessage>? TakeDeferred(IEnumerable<long> sequenceNumbers)
    {
        List<QueueEntry> found = [];
        foreach (var number in sequenceNumbers.Distinct())
        {
            if (!_entries.TryFind(number, out var entry) || entry.State != MessageState.Deferred)
            {
                return null;
            }

            found.Add(entry);
        }

        return
        [
            .. found.Select(entry =>
            {
                entry.DeliveryCount++;
                return Lock(entry);
            }),
        ];
    }

    public IReadOnlyList<PeekedMessage> Peek(long fromSequenceNumber, int count) =>
        [.. _entries.From(fromSequenceNumber).Take(count).Select(Show)];

    public LockedMessage? FindLock(Guid token) => _locks.Find(token);

    public bool TryRenew(LockedMessage message) => _locks.TryRenew(message, _clock.GetUtcNow());

    public bool TryUnlock(LockedMessage message) => _locks.TryRelease(message, _clock.GetUtcNow());

    public void Complete(QueueEntry entry)
    {
        if (entry.DeliveryCount < _settings.MaxDeliveryCount && Hits(DeliveryFault.Redelivery, entry))
        {
            Place(entry);
        }
        else
        {
            Remove(entry);
        }
    }

    /// <summary>Returns a message to the queue and counts its delivery.</summary>
    public void Abandon(QueueEntry entry)
    {
        if (entry.DeliveryCount >= _settings.MaxDeliveryCount && _queue.DeadLetters is not null)
        {
            DeadLetter(
                entry,
                "MaxDeliveryCountExceeded",
                $"Message could not be consumed after {_settings.MaxDeliveryCount} delivery attempts."
            );
        }
        else
        {
            Place(entry);
        }
    }

    /// <summary>Returns a message to the queue without counting its delivery.</summary>
    public void Release(QueueEntry entry)
    {
        entry.DeliveryCount--;
        Place(entry);
    }

    public void Defer(QueueEntry entry)
    {
        entry.IsDeferred = true;
        Place(entry);
    }

    public void DeadLetter(QueueEntry entry, string? reason, string? description)
    {
        if (_queue.DeadLetters is not { } deadLetters)
        {
            Place(entry);
            return;
        }

        Remove(entry);
        Dictionary<string, object?> cause = [];
        if (reason is not null)
        {
            cause[BrokerMessage.DeadLetterReasonName] = reason;
        }

        if (description is not null)
        {
            cause[BrokerMessage.DeadLetterErrorDescriptionName] = description;
        }

        // As in Azure, only a forwarded dead letter names its source.
        var message = entry.Message.With(cause);
        deadLetters.Accept(
            new QueueEntry(
                deadLetters.Forward is null ? message : message with { DeadLetterSource = _queue.Name },
                entry.SequenceNumber,
                entry.EnqueuedTime
            )
        );
    }

    /// <summary>Processes everything that is due.</summary>
    public void ProcessDeadlines()
    {
        var now = _clock.GetUtcNow();
        while (_locks.TryTakeExpired(now, out var expired))
        {
            if (!expired.IsLost)
            {
                Abandon(expired.Entry);
            }
        }

        while (_scheduled.TryTakeDue(now, out var due))
        {
            _entries.Remove(due);
            Enqueue(due.Message);
        }

        while (_expiring.TryTakeDue(now, out var expiring))
        {
            // A locked message may still be settled.
            if (expiring.State == MessageState.Ready)
            {
                _ready.Remove(expiring);
                Expire(expiring);
            }
            else if (expiring.State == MessageState.Deferred)
            {
                Expire(expiring);
            }
        }
    }

    private static PeekedMessage Show(QueueEntry entry) =>
        new(entry.Message, entry.SequenceNumber, entry.EnqueuedTime, entry.DeliveryCount, entry.State, entry.DueAt);

    private static DateTimeOffset? Earlier(DateTimeOffset? first, DateTimeOffset? second) =>
        first is null || second < first ? second : first;

    /// <summary>Makes a message available according to its state.</summary>
    private void Place(QueueEntry entry)
    {
        if (entry.ExpiresAt <= _clock.GetUtcNow())
        {
            Expire(entry);
        }
        else if (entry.IsDeferred)
        {
            entry.State = MessageState.Deferred;
        }
        else if (_receivers.TakeLongest() is { } receiver)
        {
            receiver.SetResult(Deliver(entry));
        }
        else
        {
            entry.State = MessageState.Ready;
            if (_ready.Add(entry) is { } dropped)
            {
                Remove(dropped);
            }
        }
    }

    private void Expire(QueueEntry entry)
    {
        if (_settings.DeadLetterExpired && _queue.DeadLetters is not null)
        {
            DeadLetter(entry, "TTLExpiredException", "The message expired and was dead lettered.");
        }
        else
        {
            Remove(entry);
        }
    }

    private LockedMessage Deliver(QueueEntry entry)
    {
        entry.DeliveryCount++;
        if (entry.DeliveryCount >= _settings.MaxDeliveryCount || !Hits(DeliveryFault.LockLost, entry))
        {
            return Lock(entry);
        }

        // The receiver continues without knowing that another one gets the message too.
        var lost = Lock(entry, isLost: true);
        Place(entry);
        return lost;
    }

    private LockedMessage Lock(QueueEntry entry, bool isLost = false)
    {
        entry.IsReturned = true;
        entry.State = MessageState.Locked;
        return _locks.Lock(entry, _clock.GetUtcNow(), isLost);
    }

    private void Remove(QueueEntry entry)
    {
        _entries.Remove(entry);
        _expiring.Remove(entry);
    }

    private bool Hits(DeliveryFault fault, QueueEntry entry) =>
        _faults.Hits(fault, entry.Message.MessageId, entry.DeliveryCount);
}
