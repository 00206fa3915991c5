namespace Onramp.Cancellation.Messages;

/// <summary>
/// A message for a queue or a topic, in the terms of Service Bus but without its types. A sender carries over every
/// field.
/// </summary>
public sealed record OutboundMessage
{
    /// <summary>Longest message id that Service Bus takes, in characters.</summary>
    public const int MaxMessageIdLength = 128;

    /// <summary>What duplicate detection compares.</summary>
    public required string MessageId { get; init; }

    /// <summary>What ties the message to the request it comes from; null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The label; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Media type of the body.</summary>
    public required string ContentType { get; init; }

    /// <summary>What the sender of the message that this one continues set for others.</summary>
    public MessageRouting Routing { get; init; } = new();

    /// <summary>
    /// How long it may wait on the queue once it is due; null for as long as the queue keeps messages.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Application properties, each name once: texts, numbers, instants.</summary>
    public IReadOnlyCollection<KeyValuePair<string, object>> Properties { get; init; } = [];
}
