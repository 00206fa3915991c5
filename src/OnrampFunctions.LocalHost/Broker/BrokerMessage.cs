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

    /// <summary>Application properties, each name once: strings, numbers (<see cref="long"/>, <see cref="int"/>, <see cref="double"/>) and booleans.</summary>
    public IReadOnlyCollection<KeyValuePair<string, object>> Properties { get; init; } = [];

    /// <summary>The value of one application property; null when the message has none of that name.</summary>
    public object? Property(string name) => Properties.FirstOrDefault(property => property.Key == name).Value;
}
