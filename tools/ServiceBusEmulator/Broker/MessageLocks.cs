using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>
/// Messages that are with a receiver. Every lock lasts equally long, so the first to expire is always the oldest.
/// </summary>
internal sealed class MessageLocks(TimeSpan duration)
{
    private readonly LinkedList<LockedMessage> _byExpiry = new();
    private readonly Dictionary<Guid, LockedMessage> _byToken = [];

    /// <summary>
    /// Deliveries under way, also those that were lost on purpose and whose receivers do not know it yet.
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

    /// <summary>Ends a lock; false when it was lost or has ended before.</summary>
    public bool TryRelease(LockedMessage message, DateTimeOffset now)
    {
        // One that has just expired stays for the timer, which gives its message back.
        if (message.Node is not { List: not null } || (message.LockedUntil <= now && !message.IsLost))
        {
            return false;
        }

        Remove(message);
        return !message.IsLost;
    }

    /// <summary>Starts the duration anew; false when the lock was lost.</summary>
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
