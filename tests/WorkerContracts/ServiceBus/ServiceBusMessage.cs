#nullable disable
namespace Azure.Messaging.ServiceBus;

public class ServiceBusMessage
{
    private string _messageId;

    public ServiceBusMessage(ReadOnlyMemory<byte> body) => Body = BinaryData.FromBytes(body);

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    public BinaryData Body { get; set; }

    public string ContentType { get; set; }

    public string CorrelationId { get; set; }

    /// <summary>The SDK refuses an id that is empty or longer than 128 characters.</summary>
    public string MessageId
    {
        get => _messageId;
        set => _messageId = value is null or { Length: > 0 and <= 128 } ? value : throw new ArgumentException("The message id is empty or too long.", nameof(value));
    }

    public string Subject { get; set; }
}

public enum ServiceBusMessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}

public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal init; }

    public BinaryData Body { get; internal init; }

    public string ContentType { get; internal init; }

    public string CorrelationId { get; internal init; }

    public int DeliveryCount { get; internal init; }

    public DateTimeOffset EnqueuedTime { get; internal init; }

    public string MessageId { get; internal init; }

    public DateTimeOffset ScheduledEnqueueTime { get; internal init; }

    public long SequenceNumber { get; internal init; }

    public string Subject { get; internal init; }

    public ServiceBusMessageState State { get; internal init; }
}

public static class ServiceBusModelFactory
{
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData body = null,
        string messageId = null,
        string partitionKey = null,
        string viaPartitionKey = null,
        string sessionId = null,
        string replyToSessionId = null,
        TimeSpan timeToLive = default,
        string correlationId = null,
        string subject = null,
        string to = null,
        string contentType = null,
        string replyTo = null,
        DateTimeOffset scheduledEnqueueTime = default,
        IDictionary<string, object> properties = null,
        Guid lockTokenGuid = default,
        int deliveryCount = 0,
        DateTimeOffset lockedUntil = default,
        long sequenceNumber = -1,
        string deadLetterSource = null,
        long enqueuedSequenceNumber = 0,
        DateTimeOffset enqueuedTime = default,
        ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active)
        => new()
        {
            Subject = subject,
            ScheduledEnqueueTime = scheduledEnqueueTime,
            ApplicationProperties = new Dictionary<string, object>(properties ?? new Dictionary<string, object>()),
            Body = body,
            ContentType = contentType,
            CorrelationId = correlationId,
            DeliveryCount = deliveryCount,
            EnqueuedTime = enqueuedTime,
            MessageId = messageId,
            SequenceNumber = sequenceNumber,
            State = serviceBusMessageState,
        };
}
