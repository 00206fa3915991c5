using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>What triggered the cancellation.</summary>
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

/// <summary>The wire names of triggers. They never change, because subscriptions filter on them.</summary>
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

/// <summary>A valid request to cancel one order.</summary>
public sealed record CancelRequest
{
    /// <summary>Maximum length of the reason, in Unicode characters.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>
    /// The source of requests that are bare messages of the queue. So a sender's message id never counts as the id of
    /// another caller's HTTP request.
    /// </summary>
    public const string QueueSource = "urn:onramp-cancel:queue";

    /// <summary>The caller's idempotency key, message id or event id; otherwise a new UUIDv7.</summary>
    public required string RequestId { get; init; }

    /// <summary>
    /// The source of the event that asked. Only source and id together identify the request (CloudEvents 1.0, section
    /// 3.1.1). <see cref="QueueSource"/> for a bare message; null for a bare HTTP request.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>
    /// The caller's name. The same request id of another caller is another request. Null for an unnamed caller.
    /// </summary>
    public string? Caller { get; init; }

    /// <summary>The order.</summary>
    public required OrderReference Order { get; init; }

    /// <summary>The caller's reason. It is passed on to the outcome event, never to Onramp.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether to read the order first and cancel it only while it waits for payment.</summary>
    public bool OnlyIfUnpaid { get; init; }

    /// <summary>
    /// For a timeout that follows the order's own end: how long after it the order may be cancelled. Null for other
    /// requests.
    /// </summary>
    public TimeSpan? GraceAfterEnd { get; init; }

    /// <summary>Where the request came from.</summary>
    public required CancelTrigger Trigger { get; init; }

    /// <summary>When the cancellation was asked for; for a timeout, when it was armed.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Attempts at the provider in earlier deliveries of the same request. Default 0.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>
    /// When the first delivery of this schedule began; null for a request that did not come from the queue. A request
    /// that fails again after a replay is a new failure, whose event has a new id.
    /// </summary>
    public DateTimeOffset? RetryingSince { get; init; }

    /// <summary>The public id of the record of a request: 64 lower-case hexadecimal digits.</summary>
    public static string RecordIdOf(string? caller, string? source, string requestId) =>
        Requests.Digest.Of("request", caller is null ? "unnamed" : "caller", caller ?? "", source ?? "", requestId);

    /// <inheritdoc cref="RecordIdOf"/>
    public string RecordId => RecordIdOf(Caller, Source, RequestId);

    /// <summary>
    /// A digest of what is asked for: the order, and whether it may be paid. A repeat under the same id has the same.
    /// </summary>
    internal string Fingerprint =>
        Requests.Digest.Of("fingerprint", Order.Field, Order.Value, OnlyIfUnpaid ? "only if unpaid" : "");

    /// <summary>
    /// Returns a digest of everything that identifies the request (caller, source, id and order) and of its purpose.
    /// </summary>
    internal string Digest(string purpose, string detail = "") =>
        Requests.Digest.Of(purpose, Caller ?? "", Source ?? "", RequestId, Order.Field, Order.Value, detail);
}
