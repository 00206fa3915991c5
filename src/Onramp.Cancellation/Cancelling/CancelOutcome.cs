using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Cancelling;

/// <summary>How a cancel request ended, or why its outcome is not final.</summary>
public enum OutcomeKind
{
    /// <summary>There was no usable answer or the circuit is open, and getOrder could not settle the outcome.</summary>
    Unavailable,

    /// <summary>The order is cancelled, by this request or an earlier one.</summary>
    Cancelled,

    /// <summary>The order is paid, completed or failed: it cannot be cancelled any more.</summary>
    NotCancellable,

    /// <summary>Onramp does not know the order.</summary>
    NotFound,

    /// <summary>Onramp refuses the request itself.</summary>
    Rejected,

    /// <summary>The API key or the signature is refused.</summary>
    Credentials,

    /// <summary>Onramp's rate limit was exceeded, or our own limit of concurrent calls or of calls a second.</summary>
    Throttled,
}

/// <summary>The true outcome of one cancel request, as far as it can be established.</summary>
public sealed record CancelOutcome
{
    /// <summary>How the request ended.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>The order's state as Onramp last reported it; null when it did not.</summary>
    public OrderStatus? OrderStatus { get; init; }

    /// <summary>The id that Onramp returned for an order that was named by its hash; otherwise null.</summary>
    public string? OrderId { get; init; }

    /// <summary>Onramp's own words for a refusal, or what went wrong; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// How long to wait before the next attempt, when Onramp or the circuit breaker asked for a wait.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the outcome could not be established because the circuit is open.</summary>
    internal bool IsCircuitOpen { get; init; }

    /// <summary>Whether the outcome could not be established because a call got no permit in time.</summary>
    internal bool IsOverBudget { get; init; }

    /// <summary>
    /// Attempts at the provider for this request, including earlier deliveries. An attempt is one cancelOrder call and
    /// the reads that settle it.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>When the outcome was established.</summary>
    public DateTimeOffset CompletedAt { get; init; }

    internal static CancelOutcome Cancelled { get; } =
        new() { Kind = OutcomeKind.Cancelled, OrderStatus = Orders.OrderStatus.Cancelled };

    /// <summary>The order's id, from the request or from Onramp; null when neither has it.</summary>
    public string? OrderIdFor(OrderReference order) => order.OrderId ?? OrderId;

    /// <summary>The order, for logs and spans.</summary>
    internal string Describe(OrderReference order) =>
        order.OrderId is null && OrderId is not null ? $"{order} (order {OrderId})" : order.ToString();
}
