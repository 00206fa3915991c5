namespace ServiceBusEmulator.Broker;

/// <summary>A message in one queue, with the state that changes between deliveries.</summary>
internal sealed class QueueEntry(BrokerMessage message, long sequenceNumber, DateTimeOffset enqueuedTime)
{
    public BrokerMessage Message { get; set; } = message;

    public long SequenceNumber { get; } = sequenceNumber;

    public DateTimeOffset EnqueuedTime { get; } = enqueuedTime;

    /// <summary>When a scheduled message becomes visible.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When its time to live ends.</summary>
    public DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MaxValue;

    public MessageState State { get; set; }

    /// <summary>Whether a receiver has deferred it; an abandoned one stays deferred.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>
    /// Whether it was delivered before, even if that did not count: such messages go before fresh ones.
    /// </summary>
    public bool IsReturned { get; set; }

    public int DeliveryCount { get; set; }

    /// <summary>Its node in the list of fresh messages.</summary>
    public LinkedListNode<QueueEntry>? Node { get; set; }
}
