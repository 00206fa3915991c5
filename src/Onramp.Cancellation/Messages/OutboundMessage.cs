namespace Onramp.Cancellation.Messages;

/// <summary>
/// A message for a queue or a topic, with the properties of Service Bus but without its types. A sender copies every
/// property.
/// </summary>
public sealed record OutboundMessage
{
    /// <summary>The maximum length of a Service Bus message id, in characters.</summary>
    public const int MaxMessageIdLength = 128;

    /// <summary>The id that duplicate detection compares.</summary>
    public required string MessageId { get; init; }

    /// <summary>The id of the request that the message belongs to; null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The label; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Media type of the body.</summary>
    public required string ContentType { get; init; }

    /// <summary>Properties of the sender of the original message, passed on.</summary>
    public MessageRouting Routing { get; init; } = new();

    /// <summary>
    /// How long the message may wait on the queue once it is due; null for as long as the queue keeps messages.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Application properties with unique names: strings, numbers and instants.</summary>
    public IReadOnlyCollection<KeyValuePair<string, object>> Properties { get; init; } = [];
}
