using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>The locked messages. All locks have the same duration, so the oldest always expires first.</summary>
internal sealed class MessageLocks(TimeSpan duration)
{
    private readonly LinkedList<LockedMessage> _byExpiry = new();
    private readonly Dictionary<Guid, LockedMessage> _byToken = [];

    /// <summary>
    /// Deliveries in progress, including those whose lock was lost on purpose without their receivers knowing.
    /// </summary>
    public int Count => _byExpiry.Count;

    /// <summary>When the next lock expires; null when there is none.</summary>
    public DateTimeOffset? NextExpiry => _byExpiry.First?.Value.LockedUntil;

    public LockedMessage Lock(QueueEntry entry, DateTimeOffset now, bool isLost = false)
    {
        LockedMessage locked = new(entry, now + duration) { IsLost = isLost };
        Add(locked);
        return locked;
    }

    public LockedMessage? Find(Guid token) => _byToken.GetValueOrDefault(token);

    /// <summary>Releases a lock; returns false when it was lost or has expired.</summary>
    public bool TryRelease(LockedMessage message, DateTimeOffset now)
    {
        // A lock that has just expired is left to the timer, which returns its message to the queue.
        if (message.Node is not { List: not null } || (message.LockedUntil <= now && !message.IsLost))
        {
            return false;
        }

        Remove(message);
        return !message.IsLost;
    }

    /// <summary>Restarts the duration; returns false when the lock was lost.</summary>
    public bool TryRenew(LockedMessage message, DateTimeOffset now)
    {
        if (!TryRelease(message, now))
        {
            return false;
        }

        message.LockedUntil = now + duration;
        Add(message);
        return true;
    }

    public bool TryTakeExpired(DateTimeOffset now, [NotNullWhen(true)] out LockedMessage? expired)
    {
        expired = _byExpiry.First?.Value;
        if (expired is null || expired.LockedUntil > now)
        {
            return false;
        }

        Remove(expired);
        return true;
    }

    private void Add(LockedMessage message)
    {
        message.Node = _byExpiry.AddLast(message);
        _byToken.Add(message.LockToken, message);
    }

    private void Remove(LockedMessage message)
    {
        _byExpiry.Remove(message.Node!);
        _byToken.Remove(message.LockToken);
    }
}
