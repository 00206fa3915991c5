namespace OnrampFunctions.Local;

/// <summary>A message as its sender made it; every copy of it in queues and subscriptions shares this one object.</summary>
public sealed record BrokerMessage
{
    /// <summary>The sender's id; duplicate detection compares it.</summary>
    public required string MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The message's purpose; <c>Label</c> in the REST shape.</summary>
    public string? Subject { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Application properties: strings, numbers (<see cref="long"/>, <see cref="int"/>, <see cref="double"/>) and booleans.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = NoProperties;

    private static readonly IReadOnlyDictionary<string, object> NoProperties = new Dictionary<string, object>();
}
