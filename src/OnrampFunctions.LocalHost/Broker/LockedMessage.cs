namespace OnrampFunctions.Local;

/// <summary>One delivery of a message under a lock; it is also the token that settles the delivery.</summary>
public sealed class LockedMessage
{
    internal LockedMessage(QueueEntry entry, DateTimeOffset lockedUntil)
    {
        Entry = entry;
        LockedUntil = lockedUntil;
        DeliveryCount = entry.DeliveryCount;
    }

    public BrokerMessage Message => Entry.Message;

    public long SequenceNumber => Entry.SequenceNumber;

    public DateTimeOffset EnqueuedTime => Entry.EnqueuedTime;

    /// <summary>Which delivery this is; the first is 1.</summary>
    public int DeliveryCount { get; }

    /// <summary>When the lock ends unless it is renewed.</summary>
    public DateTimeOffset LockedUntil { get; internal set; }

    /// <summary>Why the message was dead-lettered; null outside a dead-letter queue.</summary>
    public string? DeadLetterReason => Entry.DeadLetterReason;

    /// <summary>What exactly was wrong; null outside a dead-letter queue.</summary>
    public string? DeadLetterErrorDescription => Entry.DeadLetterErrorDescription;

    internal QueueEntry Entry { get; }

    internal LinkedListNode<LockedMessage>? Node { get; set; }

    /// <summary>Whether the lock was lost on purpose and the receiver does not know it yet.</summary>
    internal bool IsLostUnnoticed { get; set; }
}
