using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// The table of outcomes: their names and everything that follows from them. An outcome without a row does not compile.
/// </summary>
public static class OutcomeTable
{
    private const string CancelledEvent = "onramp.order.cancelled";
    private const string FailedEvent = "onramp.order.cancel-failed";

    private static readonly OutcomeRow Cancelled = new()
    {
        Name = "cancelled",
        EventType = CancelledEvent,
        RetryAfter = null,
        HttpStatus = 200,
        WebhookStatus = 200,
        Problem = null,
    };

    private static readonly OutcomeRow NotCancellable = new()
    {
        Name = "not_cancellable",
        EventType = FailedEvent,
        RetryAfter = null,
        HttpStatus = 409,
        WebhookStatus = 200,
        Problem = new(
            "not-cancellable",
            "Order not cancellable",
            static outcome => $"The order {State(outcome.OrderStatus)}."
        ),
    };

    private static readonly OutcomeRow NotFound = new()
    {
        Name = "not_found",
        EventType = FailedEvent,
        RetryAfter = null,
        HttpStatus = 404,
        WebhookStatus = 200,
        Problem = new("order-not-found", "Order not found", static _ => "Onramp does not know this order."),
    };

    private static readonly OutcomeRow Rejected = new()
    {
        Name = "rejected",
        EventType = FailedEvent,
        RetryAfter = null,
        HttpStatus = 422,
        WebhookStatus = 200,
        Problem = new(
            "rejected",
            "Rejected by Onramp",
            static outcome => TextWith.Detail("Onramp rejected the request", outcome.Detail)
        ),
    };

    private static readonly OutcomeRow Credentials = new()
    {
        Name = "failed",
        ReasonCode = "credentials",
        EventType = FailedEvent,
        RetryAfter = TimeSpan.FromMinutes(1),
        HttpStatus = 502,
        WebhookStatus = 503,
        Problem = new(
            "credentials-refused",
            "Credentials refused by Onramp",
            static _ =>
                "Onramp rejected the API key or the signature, or Key Vault has no valid pair. The operator must correct them."
        ),
    };

    private static readonly OutcomeRow Throttled = new()
    {
        Name = "failed",
        ReasonCode = "throttled",
        EventType = FailedEvent,
        RetryAfter = TimeSpan.FromSeconds(5),
        HttpStatus = 503,
        WebhookStatus = 503,
        Problem = new("throttled", "Throttled", static outcome => outcome.Detail),
    };

    private static readonly OutcomeRow Unavailable = new()
    {
        Name = "failed",
        ReasonCode = "unavailable",
        EventType = FailedEvent,
        RetryAfter = TimeSpan.FromSeconds(5),
        HttpStatus = 503,
        WebhookStatus = 503,
        Problem = new(
            "unavailable",
            "Onramp unavailable",
            static outcome => TextWith.Detail("The order's state could not be established", outcome.Detail)
        ),
    };

    /// <summary>All rows, for documents and tests.</summary>
    public static IReadOnlyList<OutcomeRow> Rows { get; } = [.. Enum.GetValues<OutcomeKind>().Select(Row)];

    /// <summary>The row of an outcome.</summary>
    public static OutcomeRow Row(this OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Cancelled => Cancelled,
            OutcomeKind.NotCancellable => NotCancellable,
            OutcomeKind.NotFound => NotFound,
            OutcomeKind.Rejected => Rejected,
            OutcomeKind.Credentials => Credentials,
            OutcomeKind.Throttled => Throttled,
            OutcomeKind.Unavailable => Unavailable,
        };

    private static string State(OrderStatus? status) =>
        status switch
        {
            OrderStatus.PaymentReceived => "is paid",
            OrderStatus.Completed => "is completed",
            OrderStatus.Failed => "has already failed",
            _ => "is in a state that cannot be cancelled",
        };
}
