namespace ServiceBusEmulator.Broker;

/// <summary>
/// A message as its sender made it; every copy of it in queues and subscriptions shares this one object.
/// </summary>
public sealed record BrokerMessage
{
    public const string DeadLetterReasonName = "DeadLetterReason";
    public const string DeadLetterErrorDescriptionName = "DeadLetterErrorDescription";

    /// <summary>The sender's id; duplicate detection compares it.</summary>
    public required string MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The message's purpose; <c>Label</c> in the REST shape.</summary>
    public string? Subject { get; init; }

    /// <summary>Whom the sender means; the broker does not heed it.</summary>
    public string? To { get; init; }

    /// <summary>Where the sender wants an answer.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The session that the message belongs to; this broker has none and only hands it on.</summary>
    public string? SessionId { get; init; }

    /// <summary>The session that an answer shall belong to.</summary>
    public string? ReplyToSessionId { get; init; }

    /// <summary>
    /// What the sender wants to be kept together; this broker has one partition and only hands it on.
    /// </summary>
    public string? PartitionKey { get; init; }

    /// <summary>How long it is of use from when it is enqueued. Default for ever.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Application properties, each name once: strings, numbers and booleans; from senders over AMQP also
    /// <see cref="Guid"/>, <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/>,
    /// <see cref="Uri"/>, <see cref="char"/>, bytes and null.
    /// </summary>
    public IReadOnlyCollection<KeyValuePair<string, object?>> Properties { get; init; } = [];

    /// <summary>
    /// The queue or subscription where it was dead-lettered before it was forwarded; null for any other message.
    /// </summary>
    internal string? DeadLetterSource { get; init; }

    /// <summary>What came over AMQP, as it came; null for a message that came another way.</summary>
    internal EncodedSections? Encoded { get; init; }

    /// <summary>The value of one application property; null also when the message has none of that name.</summary>
    public object? Property(string name) => Properties.FirstOrDefault(property => property.Key == name).Value;

    /// <summary>The same message with other application properties and another time to live.</summary>
    public BrokerMessage With(IReadOnlyCollection<KeyValuePair<string, object?>> properties, TimeSpan timeToLive) =>
        this with
        {
            Properties = properties,
            TimeToLive = timeToLive,
            Encoded = Encoded is null
                ? null
                : Encoded with
                {
                    Header = default,
                    Properties = default,
                    ApplicationProperties = default,
                },
        };

    /// <summary>The same message with some application properties set.</summary>
    internal BrokerMessage With(IReadOnlyDictionary<string, object?>? properties)
    {
        if (properties is not { Count: > 0 })
        {
            return this;
        }

        var merged = Properties.ToDictionary();
        foreach (var (name, value) in properties)
        {
            merged[name] = value;
        }

        return this with
        {
            Properties = merged,
            Encoded = Encoded is null ? null : Encoded with { ApplicationProperties = default },
        };
    }
}
