namespace OnrampFunctions.Local;

/// <summary>Messages that are with a receiver. Every lock lasts equally long, so the first to expire is always the oldest.</summary>
internal sealed class MessageLocks(TimeSpan duration)
{
    private readonly LinkedList<LockedMessage> _byExpiry = new();
    private int _lostUnnoticed;

    /// <summary>Deliveries under way, also those that were lost on purpose and whose receivers do not know it yet.</summary>
    public int Count => _byExpiry.Count + _lostUnnoticed;

    /// <summary>When the next lock expires; null when there is none.</summary>
    public DateTimeOffset? NextExpiry => _byExpiry.First?.Value.LockedUntil;

    public LockedMessage Lock(QueueEntry entry, DateTimeOffset now)
    {
        LockedMessage locked = new(entry, now + duration);
        locked.Node = _byExpiry.AddLast(locked);
        return locked;
    }

    /// <summary>A delivery whose lock is lost from the beginning.</summary>
    public LockedMessage Lose(QueueEntry entry, DateTimeOffset now)
    {
        _lostUnnoticed++;
        return new LockedMessage(entry, now + duration) { IsLostUnnoticed = true };
    }

    /// <summary>Ends a lock; false when it was lost or has ended before.</summary>
    public bool TryRelease(LockedMessage message, DateTimeOffset now)
    {
        if (message.IsLostUnnoticed)
        {
            message.IsLostUnnoticed = false;
            _lostUnnoticed--;
            return false;
        }

        if (message.Node is not { List: not null } node || message.LockedUntil <= now)
        {
            return false;
        }

        _byExpiry.Remove(node);
        return true;
    }

    /// <summary>Starts the duration anew; false when the lock was lost.</summary>
    public bool TryRenew(LockedMessage message, DateTimeOffset now)
    {
        if (!TryRelease(message, now))
        {
            return false;
        }

        message.LockedUntil = now + duration;
        message.Node = _byExpiry.AddLast(message);
        return true;
    }

    public bool TryTakeExpired(DateTimeOffset now, out LockedMessage? expired)
    {
        expired = _byExpiry.First?.Value;
        if (expired is null || expired.LockedUntil > now)
        {
            return false;
        }

        _byExpiry.RemoveFirst();
        return true;
    }
}
