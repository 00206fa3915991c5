namespace Onramp.Cancellation.Queueing;

/// <summary>
/// Application properties of messages on the queue that mean something to this service. Ours carry a prefix, so that a sender's own never disturb, whatever
/// they are called and whatever they hold; those are passed on.
/// </summary>
public static class MessageProperties
{
    /// <summary>What sent the message: <see cref="TimeoutTrigger"/> or <see cref="QueueTrigger"/>, in any case; absent is the latter.</summary>
    public const string Trigger = "trigger";

    /// <summary>The value of <see cref="Trigger"/> that marks a stale-order timeout.</summary>
    public const string TimeoutTrigger = "timeout";

    /// <summary>The value of <see cref="Trigger"/> that every other message has, if it has any.</summary>
    public const string QueueTrigger = "queue";

    /// <summary>The request id, when it is not the message id: idempotency keys may be longer than message ids, and copies have ids of their own.</summary>
    public const string RequestId = "onrampCancel_requestId";

    /// <summary>The source of the event that asked, when the message is not that event itself.</summary>
    public const string Source = "onrampCancel_source";

    /// <summary>Who asked, when that was known where the request came in.</summary>
    public const string Caller = "onrampCancel_caller";

    /// <summary>What whoever disarms a timeout must know of it, beside its number.</summary>
    public const string Token = "onrampCancel_token";

    /// <summary>When the cancellation was asked for: RFC 3339.</summary>
    public const string RequestedAt = "onrampCancel_requestedAt";

    /// <summary>Which delivery by the schedule this is; 1 (and absent) is the first.</summary>
    public const string Delivery = "onrampCancel_delivery";

    /// <summary>Attempts at the provider that earlier deliveries made.</summary>
    public const string Attempts = "onrampCancel_attempts";

    /// <summary>The first sequence number of the message that this one continues: what ties the copies of one message together.</summary>
    public const string Line = "onrampCancel_line";

    /// <summary>The time to live that the sender gave the message, in milliseconds: a copy has only what is left of it.</summary>
    public const string TimeToLive = "onrampCancel_timeToLive";

    /// <summary>An outcome that is established and could not be published yet, as JSON.</summary>
    public const string Outcome = "onrampCancel_outcome";

    /// <summary>Shows that this service wrote <see cref="Outcome"/>.</summary>
    public const string OutcomeMac = "onrampCancel_outcomeMac";

    /// <summary>How many deliveries have tried to publish <see cref="Outcome"/>.</summary>
    public const string Publications = "onrampCancel_publications";

    /// <summary>What the broker, and no sender, puts on a dead letter.</summary>
    public const string DeadLetterReason = "DeadLetterReason";

    /// <summary>The same in full.</summary>
    public const string DeadLetterErrorDescription = "DeadLetterErrorDescription";

    /// <summary>Whether a property means something to this service.</summary>
    internal static bool IsOwn(string name)
        => name.StartsWith("onrampCancel_", StringComparison.Ordinal) || name is Trigger or DeadLetterReason or DeadLetterErrorDescription;

    /// <summary>Whether the properties are those of a stale-order timeout.</summary>
    public static bool IsTimeout(IEnumerable<KeyValuePair<string, object>> properties)
        => properties.Any(static property => property.Key == Trigger && TimeoutTrigger.Equals(property.Value as string, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// What a message is marked with when its schedule is spent, so that it begins anew when somebody puts it back: most tools carry these over, and not all
    /// of them the broker's reason.
    /// </summary>
    internal static IReadOnlyDictionary<string, object> Anew { get; } = new Dictionary<string, object>
    {
        [Delivery] = 1,
        [Attempts] = 0,
        [Line] = "",
        [Outcome] = "",
        [OutcomeMac] = "",
        [Publications] = 0,
    };
}
