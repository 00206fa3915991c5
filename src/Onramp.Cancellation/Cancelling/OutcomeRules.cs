using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Cancelling;

/// <summary>What the answers of cancelOrder and getOrder mean together.</summary>
internal static class OutcomeRules
{
    /// <summary>Whether cancelOrder said beyond doubt that the order is cancelled now: the one answer that getOrder need not confirm.</summary>
    public static bool IsClearSuccess(ProviderReply cancel) => cancel is { Kind: ReplyKind.State, Status: OrderStatus.Cancelled };

    /// <summary>
    /// Whether the read before an <c>onlyIfUnpaid</c> cancel allows it: the order waits for payment. Any other answer is an outcome already.
    /// </summary>
    public static bool IsUnpaid(ProviderReply read) => read is { Kind: ReplyKind.State, Status: OrderStatus.WaitingForPayment };

    /// <summary>The outcome by the order's own state, which is the truth whatever cancelOrder answered.</summary>
    /// <param name="read">The answer of getOrder.</param>
    /// <param name="cancel">The answer of cancelOrder; null when it was not called.</param>
    public static CancelOutcome Settle(ProviderReply read, ProviderReply? cancel) => read.Kind switch
    {
        ReplyKind.State => SettleState(read.Status!.Value, cancel),
        ReplyKind.NoSuchOrder => new() { Kind = OutcomeKind.NotFound, Detail = read.Error },
        _ => NotSettled(read) with { RetryAfter = Longer(read.RetryAfter, cancel?.RetryAfter), IsCircuitOpen = read.IsCircuitOpen },
    };

    private static CancelOutcome SettleState(OrderStatus status, ProviderReply? cancel) => status switch
    {
        OrderStatus.Cancelled => CancelOutcome.Cancelled,

        // The order still waits for payment after cancelOrder was called.
        OrderStatus.WaitingForPayment => (cancel!.Kind == ReplyKind.Refused ? new() { Kind = OutcomeKind.Rejected, Detail = cancel.Error } : NotSettled(cancel)) with { OrderStatus = status },
        OrderStatus.PaymentReceived or OrderStatus.Completed or OrderStatus.Failed => new() { Kind = OutcomeKind.NotCancellable, OrderStatus = status },
    };

    /// <summary>An answer that leaves open what became of the order: asking again may settle it.</summary>
    private static CancelOutcome NotSettled(ProviderReply reply) => new()
    {
        Kind = reply.Kind switch
        {
            ReplyKind.Unauthorized => OutcomeKind.Credentials,
            ReplyKind.Throttled => OutcomeKind.Throttled,
            _ => OutcomeKind.Unavailable,
        },
        Detail = reply.Error ?? "the order still waits for payment after cancelOrder answered",
        RetryAfter = reply.RetryAfter,
    };

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one > other || other is null ? one : other;
}
