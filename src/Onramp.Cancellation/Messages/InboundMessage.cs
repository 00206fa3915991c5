namespace Onramp.Cancellation.Messages;

/// <summary>A peek-locked message with the properties of Service Bus, but without its types.</summary>
public sealed record InboundMessage
{
    /// <summary>The sender's message id; null when it set none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The sender's correlation id; null when it set none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The sender's label; null when it set none.</summary>
    public string? Subject { get; init; }

    /// <summary>Media type of the body; null when the sender set none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Properties of the sender that this service only passes on.</summary>
    public MessageRouting Routing { get; init; } = new();

    /// <summary>The body; empty when it cannot be read.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Why the body cannot be read; null when it can.</summary>
    public string? BodyFault { get; init; }

    /// <summary>Application properties. Those that are null are left out.</summary>
    public IReadOnlyDictionary<string, object> Properties
    {
        get;
        init =>
            field = value.Values.Contains(null!)
                ? value.Where(static property => property.Value is not null).ToDictionary()
                : value;
    } = new Dictionary<string, object>();

    /// <summary>The broker's number of the message.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>How often the broker has delivered the message; 1 is the first time.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>When the broker accepted the message, or when a scheduled message became due.</summary>
    public DateTimeOffset EnqueuedTime { get; init; }

    /// <summary>How long the message may wait on the queue after that. Default for ever.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>When the message expires; null for never.</summary>
    internal DateTimeOffset? ExpiresAt =>
        EnqueuedTime != default && TimeToLive < DateTimeOffset.MaxValue - EnqueuedTime
            ? EnqueuedTime + TimeToLive
            : null;
}
