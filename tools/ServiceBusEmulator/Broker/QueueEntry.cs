namespace ServiceBusEmulator.Broker;

/// <summary>A message's place in one queue, with what changes from delivery to delivery.</summary>
internal sealed class QueueEntry(BrokerMessage message, long sequenceNumber, DateTimeOffset enqueuedTime)
{
    public BrokerMessage Message { get; set; } = message;

    public long SequenceNumber { get; } = sequenceNumber;

    public DateTimeOffset EnqueuedTime { get; } = enqueuedTime;

    /// <summary>When a scheduled message becomes visible.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it is of no use any more.</summary>
    public DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MaxValue;

    public MessageState State { get; set; }

    /// <summary>Whether a receiver put it aside: whoever gives it back puts it aside again.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>
    /// Whether it was with a receiver before, whether or not that counted: such messages go before fresh ones.
    /// </summary>
    public bool IsReturned { get; set; }

    public int DeliveryCount { get; set; }

    /// <summary>Its place among the fresh messages.</summary>
    public LinkedListNode<QueueEntry>? Node { get; set; }
}
