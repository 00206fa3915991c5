using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>What asked for the cancellation.</summary>
public enum CancelTrigger
{
    /// <summary>A call of the HTTP endpoint.</summary>
    Http,

    /// <summary>An event that was delivered over HTTP.</summary>
    Webhook,

    /// <summary>A message on the queue.</summary>
    Queue,

    /// <summary>A stale-order timeout that fired.</summary>
    Timeout,
}

/// <summary>The names that triggers have on the wire. They never change: subscriptions filter on them.</summary>
public static class CancelTriggers
{
    /// <summary><c>http</c>, <c>webhook</c>, <c>queue</c> or <c>timeout</c>.</summary>
    public static string Name(this CancelTrigger trigger) =>
        trigger switch
        {
            CancelTrigger.Http => "http",
            CancelTrigger.Webhook => "webhook",
            CancelTrigger.Queue => "queue",
            CancelTrigger.Timeout => "timeout",
        };
}

/// <summary>One valid request to cancel one order.</summary>
public sealed record CancelRequest
{
    /// <summary>Longest reason, in Unicode characters.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>The caller's idempotency key, message id or event id; otherwise a new UUIDv7.</summary>
    public required string RequestId { get; init; }

    /// <summary>
    /// The source of the event that asked, which together with its id, and only together with it, names the request
    /// (CloudEvents 1.0, section 3.1.1); null for what is no event.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>
    /// Who asked, as far as that is known: the request id is this caller's own, and means nothing of another's. Null
    /// for nobody who has a name.
    /// </summary>
    public string? Caller { get; init; }

    /// <summary>The order.</summary>
    public required OrderReference Order { get; init; }

    /// <summary>Why the caller cancels; passed on to the outcome event, never to Onramp.</summary>
    public string? Reason { get; init; }

    /// <summary>Read the order first and cancel it only while it waits for payment.</summary>
    public bool OnlyIfUnpaid { get; init; }

    /// <summary>Where the request came from.</summary>
    public required CancelTrigger Trigger { get; init; }

    /// <summary>When it was asked for; for a timeout, when that was armed.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Attempts at the provider that earlier deliveries of the same request have made. Default 0.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>
    /// When the first delivery of this schedule began; null for a request that did not come from the queue. A request
    /// that fails again after a replay is another failure, and its event has another id.
    /// </summary>
    public DateTimeOffset? RetryingSince { get; init; }

    /// <summary>
    /// A digest of what makes this request this one and no other: whose it is, where it comes from, its id, its order;
    /// and what it is wanted for.
    /// </summary>
    internal string Digest(string purpose, string detail = "") =>
        Requests.Digest.Of(purpose, Caller ?? "", Source ?? "", RequestId, Order.Field, Order.Value, detail);
}
