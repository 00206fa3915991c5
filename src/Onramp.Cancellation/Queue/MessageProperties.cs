namespace Onramp.Cancellation.Queue;

/// <summary>
/// The application properties of queue messages that this service reads. Those with the <see cref="Prefix"/> are only
/// accepted with a valid HMAC (<see cref="MessageAuthenticity"/>). A sender's own properties are passed on.
/// </summary>
public static class MessageProperties
{
    /// <summary>
    /// The kind of message: <see cref="TimeoutTrigger"/> or <see cref="QueueTrigger"/>, in any case. Default the
    /// latter.
    /// </summary>
    public const string Trigger = "trigger";

    /// <summary>The value of <see cref="Trigger"/> that marks a stale-order timeout.</summary>
    public const string TimeoutTrigger = "timeout";

    /// <summary>The value of <see cref="Trigger"/> for every other message, if it has one.</summary>
    public const string QueueTrigger = "queue";

    /// <summary>The prefix of every property that only this service may write.</summary>
    public const string Prefix = "onrampCancel_";

    /// <summary>
    /// Identity: the request id. It may be longer than a message id, and copies have their own message ids.
    /// </summary>
    public const string RequestId = Prefix + "requestId";

    /// <summary>Identity: the source of the event that asked, unless the message is that event.</summary>
    public const string Source = Prefix + "source";

    /// <summary>Identity: the caller's name, if there is one.</summary>
    public const string Caller = Prefix + "caller";

    /// <summary>Identity: the version of the timeout that the message is the alarm of.</summary>
    public const string Version = Prefix + "version";

    /// <summary>Identity: when the cancellation was asked for, RFC 3339.</summary>
    public const string RequestedAt = Prefix + "requestedAt";

    /// <summary>Proves that this service wrote the identity, for this body.</summary>
    public const string IdentityMac = Prefix + "identityMac";

    /// <summary>History: which delivery of the schedule this is; 1 (and absent) is the first.</summary>
    public const string Delivery = Prefix + "delivery";

    /// <summary>History: attempts at the provider in earlier deliveries.</summary>
    public const string Attempts = Prefix + "attempts";

    /// <summary>History: what the copies of one message have in common.</summary>
    public const string Line = Prefix + "line";

    /// <summary>History: when the first delivery of this schedule began, RFC 3339.</summary>
    public const string RetryingSince = Prefix + "retryingSince";

    /// <summary>History: the time to live that the sender set, in milliseconds.</summary>
    public const string TimeToLive = Prefix + "timeToLive";

    /// <summary>History: an outcome that is established but not published yet, as JSON.</summary>
    public const string Outcome = Prefix + "outcome";

    /// <summary>History: how many deliveries have tried to publish <see cref="Outcome"/>.</summary>
    public const string Publications = Prefix + "publications";

    /// <summary>
    /// History: how many deliveries ended with waiting, without an attempt at the provider or the topic.
    /// </summary>
    public const string Waits = Prefix + "waits";

    /// <summary>History: how long these deliveries have waited in total, in milliseconds.</summary>
    public const string Waited = Prefix + "waited";

    /// <summary>Proves that this service wrote the history, for this message.</summary>
    public const string HistoryMac = Prefix + "historyMac";

    /// <summary>Set by the broker on a dead letter: the reason.</summary>
    public const string DeadLetterReason = "DeadLetterReason";

    /// <summary>Set by the broker on a dead letter: the description.</summary>
    public const string DeadLetterErrorDescription = "DeadLetterErrorDescription";

    /// <summary>Whether a property is written by this service or by the broker, and never by a sender.</summary>
    internal static bool IsReserved(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) || name is DeadLetterReason or DeadLetterErrorDescription;

    /// <summary>Whether a property describes earlier deliveries.</summary>
    internal static bool IsHistory(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && name is not (IdentityMac or HistoryMac)
        && !Identity.Contains(name);

    /// <summary>Whether the properties are those of a stale-order timeout.</summary>
    public static bool IsTimeout(IEnumerable<KeyValuePair<string, object>> properties) =>
        properties.Any(static property =>
            property.Key == Trigger
            && TimeoutTrigger.Equals(property.Value as string, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The properties of the identity, without its HMAC.</summary>
    internal static IReadOnlyList<string> Identity { get; } = [RequestId, Source, Caller, Version, RequestedAt];

    /// <summary>The properties of the history, without its HMAC, in the order in which it covers them.</summary>
    internal static IReadOnlyList<string> History { get; } =
    [Delivery, Attempts, Line, RetryingSince, TimeToLive, Outcome, Publications, Waits, Waited];
}
