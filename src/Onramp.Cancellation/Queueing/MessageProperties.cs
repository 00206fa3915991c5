namespace Onramp.Cancellation;

/// <summary>Application properties of messages on the queue.</summary>
public static class MessageProperties
{
    /// <summary>What sent the message: <see cref="TimeoutTrigger"/> for a stale-order timeout, otherwise absent.</summary>
    public const string Trigger = "trigger";

    /// <summary>The value of <see cref="Trigger"/> that marks a stale-order timeout.</summary>
    public const string TimeoutTrigger = "timeout";

    /// <summary>The request id, when it is not the message id: idempotency keys may be longer than message ids, and copies have ids of their own.</summary>
    public const string RequestId = "requestId";

    /// <summary>Which delivery of the request this is; 1 (and absent) is the first.</summary>
    public const string Attempt = "attempt";

    /// <summary>Tries at the provider that earlier deliveries made.</summary>
    public const string Tries = "tries";

    /// <summary>When the first delivery was seen: RFC 3339.</summary>
    public const string FirstSeen = "firstSeen";

    /// <summary>Whether the properties are those of a stale-order timeout.</summary>
    public static bool IsTimeout(IEnumerable<KeyValuePair<string, object>> properties)
        => properties.Any(static property => property is { Key: Trigger, Value: TimeoutTrigger });
}
