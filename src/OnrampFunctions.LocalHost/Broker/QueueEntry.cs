namespace OnrampFunctions.Local;

/// <summary>A message's place in one queue, with what changes from delivery to delivery.</summary>
internal sealed class QueueEntry(BrokerMessage message, long sequenceNumber, DateTimeOffset enqueuedTime)
{
    public BrokerMessage Message { get; private set; } = message;

    public long SequenceNumber { get; } = sequenceNumber;

    public DateTimeOffset EnqueuedTime { get; } = enqueuedTime;

    public int DeliveryCount { get; set; }

    public string? DeadLetterReason { get; init; }

    public string? DeadLetterErrorDescription { get; init; }

    /// <summary>Changes application properties, as a receiver may when it gives a message back or dead-letters it.</summary>
    public void Set(IReadOnlyDictionary<string, object>? properties)
    {
        if (properties is not null)
        {
            Dictionary<string, object> merged = Message.Properties.ToDictionary();
            foreach (var (name, value) in properties)
            {
                merged[name] = value;
            }

            Message = Message with { Properties = merged };
        }
    }
}
