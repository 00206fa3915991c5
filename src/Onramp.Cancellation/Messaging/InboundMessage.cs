namespace Onramp.Cancellation.Messaging;

/// <summary>A peek-locked message, in the terms of Service Bus but without its types.</summary>
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

    /// <summary>The body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Application properties.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();

    /// <summary>The number that the broker gave the message.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>How often the broker has handed it out; 1 is the first time.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>When the broker took the message, or when a scheduled one became due.</summary>
    public DateTimeOffset EnqueuedTime { get; init; }
}
