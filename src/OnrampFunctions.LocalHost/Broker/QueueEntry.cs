namespace OnrampFunctions.Local;

/// <summary>A message's place in one queue, with what changes from delivery to delivery.</summary>
internal sealed class QueueEntry(BrokerMessage message, long sequenceNumber, DateTimeOffset enqueuedTime)
{
    public BrokerMessage Message { get; } = message;

    public long SequenceNumber { get; } = sequenceNumber;

    public DateTimeOffset EnqueuedTime { get; } = enqueuedTime;

    public int DeliveryCount { get; set; }

    public string? DeadLetterReason { get; init; }

    public string? DeadLetterErrorDescription { get; init; }
}
