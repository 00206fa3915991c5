using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Cancelling;

/// <summary>How a cancel request ended, or why it came to no end.</summary>
public enum OutcomeKind
{
    /// <summary>No usable answer or an open circuit, and getOrder could not settle what happened.</summary>
    Unavailable,

    /// <summary>The order is cancelled, by this request or an earlier one.</summary>
    Cancelled,

    /// <summary>The order is paid, completed or failed: it cannot be cancelled any more.</summary>
    NotCancellable,

    /// <summary>Onramp knows no such order.</summary>
    NotFound,

    /// <summary>Onramp refuses the request itself.</summary>
    Rejected,

    /// <summary>The API key or the signature is refused.</summary>
    Credentials,

    /// <summary>Onramp's rate limit, or our own limit of calls at once.</summary>
    Throttled,
}

/// <summary>The true end of one cancel request, as far as it can be known.</summary>
public sealed record CancelOutcome
{
    /// <summary>How it ended.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>The order's state as Onramp last told it; null when it did not.</summary>
    public OrderStatus? OrderStatus { get; init; }

    /// <summary>The id that Onramp returned for an order that was named by its hash; otherwise null.</summary>
    public string? OrderId { get; init; }

    /// <summary>Onramp's own words for a refusal, or what went wrong; null when there is nothing to say.</summary>
    public string? Detail { get; init; }

    /// <summary>How long to wait before asking again, when Onramp or the circuit said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it could not be established because Onramp is not being called for a while.</summary>
    internal bool IsCircuitOpen { get; init; }

    /// <summary>
    /// Attempts at the provider for this request, earlier deliveries included. An attempt is one cancelOrder and what
    /// it takes to settle it.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>When the outcome was established.</summary>
    public DateTimeOffset CompletedAt { get; init; }

    internal static CancelOutcome Cancelled { get; } =
        new() { Kind = OutcomeKind.Cancelled, OrderStatus = Orders.OrderStatus.Cancelled };

    /// <summary>The order's id, by the request or by Onramp; null when neither says it.</summary>
    public string? OrderIdFor(OrderReference order) => order.OrderId ?? OrderId;

    /// <summary>The order, for logs and spans.</summary>
    internal string Describe(OrderReference order) =>
        order.OrderId is null && OrderId is not null ? $"{order} (order {OrderId})" : order.ToString();
}
