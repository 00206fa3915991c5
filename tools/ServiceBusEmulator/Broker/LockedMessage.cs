namespace ServiceBusEmulator.Broker;

/// <summary>One delivery of a message under a lock; it is also what settles the delivery.</summary>
public sealed class LockedMessage
{
    internal LockedMessage(QueueEntry entry, DateTimeOffset lockedUntil)
    {
        Entry = entry;
        LockedUntil = lockedUntil;
        DeliveryCount = entry.DeliveryCount;
    }

    /// <summary>Names the lock to whoever settles over the wire.</summary>
    public Guid LockToken { get; } = Guid.NewGuid();

    public BrokerMessage Message => Entry.Message;

    public long SequenceNumber => Entry.SequenceNumber;

    public DateTimeOffset EnqueuedTime => Entry.EnqueuedTime;

    /// <summary>Which delivery this is; the first is 1.</summary>
    public int DeliveryCount { get; }

    /// <summary>When the lock ends unless it is renewed.</summary>
    public DateTimeOffset LockedUntil { get; internal set; }

    /// <summary>Why the message was dead-lettered; null when it never was, or nobody said why.</summary>
    public string? DeadLetterReason => Message.Property(BrokerMessage.DeadLetterReasonName) as string;

    /// <summary>What exactly was wrong; null when the message never was dead-lettered, or nobody said it.</summary>
    public string? DeadLetterErrorDescription =>
        Message.Property(BrokerMessage.DeadLetterErrorDescriptionName) as string;

    internal QueueEntry Entry { get; }

    internal LinkedListNode<LockedMessage>? Node { get; set; }

    /// <summary>
    /// Whether the lock was lost on purpose from the beginning; its receiver learns of it when it settles.
    /// </summary>
    internal bool IsLost { get; init; }
}
