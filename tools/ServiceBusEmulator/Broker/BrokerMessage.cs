namespace ServiceBusEmulator.Broker;

/// <summary>A message as its sender created it; all queues and subscriptions share this object.</summary>
public sealed record BrokerMessage
{
    public const string DeadLetterReasonName = "DeadLetterReason";
    public const string DeadLetterErrorDescriptionName = "DeadLetterErrorDescription";

    /// <summary>Set by the sender; duplicate detection compares it.</summary>
    public required string MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The purpose of the message; <c>Label</c> in the REST API.</summary>
    public string? Subject { get; init; }

    /// <summary>The intended recipient; the broker ignores it.</summary>
    public string? To { get; init; }

    /// <summary>Where the sender expects a reply.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The session of the message; the broker has no sessions and only passes it on.</summary>
    public string? SessionId { get; init; }

    /// <summary>The session for replies.</summary>
    public string? ReplyToSessionId { get; init; }

    /// <summary>Decides the partition of the message instead of its id.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>Time to live, from when the message is enqueued. Default unlimited.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Application properties with unique names: strings, numbers and booleans; from AMQP senders also
    /// <see cref="Guid"/>, <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/>,
    /// <see cref="Uri"/>, <see cref="char"/>, bytes and null.
    /// </summary>
    public IReadOnlyCollection<KeyValuePair<string, object?>> Properties { get; init; } = [];

    /// <summary>
    /// The queue or subscription where the message was dead-lettered before it was forwarded; null for any other
    /// message.
    /// </summary>
    internal string? DeadLetterSource { get; init; }

    /// <summary>The encoded sections of a message that was sent over AMQP; null for other messages.</summary>
    internal EncodedSections? Encoded { get; init; }

    /// <summary>The value of an application property; null when there is none of that name.</summary>
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
