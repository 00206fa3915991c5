namespace ServiceBusEmulator.Broker;

/// <summary>One delivery of a message under a lock; queues settle it by this object.</summary>
public sealed class LockedMessage
{
    internal LockedMessage(QueueEntry entry, DateTimeOffset lockedUntil)
    {
        Entry = entry;
        LockedUntil = lockedUntil;
        DeliveryCount = entry.DeliveryCount;
    }

    /// <summary>Identifies the lock to clients.</summary>
    public Guid LockToken { get; } = Guid.NewGuid();

    public BrokerMessage Message => Entry.Message;

    public long SequenceNumber => Entry.SequenceNumber;

    public DateTimeOffset EnqueuedTime => Entry.EnqueuedTime;

    /// <summary>The number of this delivery; the first is 1.</summary>
    public int DeliveryCount { get; }

    /// <summary>When the lock expires unless it is renewed.</summary>
    public DateTimeOffset LockedUntil { get; internal set; }

    /// <summary>Why the message was dead-lettered; null when it was not, or no reason was given.</summary>
    public string? DeadLetterReason => Message.Property(BrokerMessage.DeadLetterReasonName) as string;

    /// <summary>The details; null when the message was not dead-lettered, or no description was given.</summary>
    public string? DeadLetterErrorDescription =>
        Message.Property(BrokerMessage.DeadLetterErrorDescriptionName) as string;

    internal QueueEntry Entry { get; }

    internal LinkedListNode<LockedMessage>? Node { get; set; }

    /// <summary>Whether the lock was lost on purpose; the receiver learns of it when it settles.</summary>
    internal bool IsLost { get; init; }
}
