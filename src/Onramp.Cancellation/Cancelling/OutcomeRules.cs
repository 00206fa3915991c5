using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Cancelling;

/// <summary>What the answers of cancelOrder and getOrder mean in combination.</summary>
internal static class OutcomeRules
{
    /// <summary>
    /// Whether cancelOrder clearly confirmed that the order is cancelled now. Only this answer needs no confirmation by
    /// getOrder.
    /// </summary>
    /// <param name="cancel">The answer of cancelOrder.</param>
    /// <param name="before">The answer of getOrder before it; null when it was not called.</param>
    public static bool IsClearSuccess(ProviderReply cancel, ProviderReply? before) =>
        cancel is { Kind: ReplyKind.State, Status: OrderStatus.Cancelled } && AreOfOneOrder(cancel, before);

    /// <summary>
    /// Whether the read before an <c>onlyIfUnpaid</c> cancel allows the cancel: the order waits for payment. Any other
    /// answer already decides the outcome.
    /// </summary>
    public static bool IsUnpaid(ProviderReply read) =>
        read is { Kind: ReplyKind.State, Status: OrderStatus.WaitingForPayment };

    /// <summary>
    /// The outcome for an order that was extended after its timeout had begun to fire. The next delivery moves the
    /// timeout.
    /// </summary>
    public static CancelOutcome NotExpired(ProviderReply read) =>
        new()
        {
            Kind = OutcomeKind.Unavailable,
            OrderStatus = read.Status,
            OrderId = read.OrderId,
            Detail = "the order was extended meanwhile",
        };

    /// <summary>The outcome of a clear success.</summary>
    public static CancelOutcome Cancelled(ProviderReply reply) =>
        reply.OrderId is null ? CancelOutcome.Cancelled : CancelOutcome.Cancelled with { OrderId = reply.OrderId };

    /// <summary>The outcome by the order's own state, which is authoritative whatever cancelOrder answered.</summary>
    /// <param name="read">The answer of getOrder.</param>
    /// <param name="cancel">The answer of cancelOrder; null when it was not called.</param>
    /// <param name="before">The answer of getOrder before that; null when it was not called.</param>
    public static CancelOutcome Settle(ProviderReply read, ProviderReply? cancel, ProviderReply? before)
    {
        if (!AreOfOneOrder(read, before))
        {
            return NotSettled(ReplyJudge.Unclear("two answers about one hash name different orders"));
        }

        return read.Kind switch
        {
            ReplyKind.State => SettleState(read, cancel),
            ReplyKind.NoSuchOrder => new() { Kind = OutcomeKind.NotFound, Detail = read.Error },
            ReplyKind.Unclear or ReplyKind.Refused or ReplyKind.Unauthorized or ReplyKind.Throttled => NotSettled(
                read
            ) with
            {
                OrderId = cancel?.OrderId,
                RetryAfter = Longer(read.RetryAfter, cancel?.RetryAfter),
                IsCircuitOpen = read.IsCircuitOpen,
                IsOverBudget = read.IsOverBudget,
            },
        };
    }

    private static CancelOutcome SettleState(ProviderReply read, ProviderReply? cancel)
    {
        var status = read.Status!.Value;
        return status switch
        {
            OrderStatus.Cancelled => Cancelled(read),

            // The order still waits for payment after cancelOrder was called.
            OrderStatus.WaitingForPayment => (
                cancel!.Kind == ReplyKind.Refused
                    ? new() { Kind = OutcomeKind.Rejected, Detail = cancel.Error }
                    : NotSettled(cancel)
            ) with
            {
                OrderStatus = status,
                OrderId = read.OrderId,
            },
            OrderStatus.PaymentReceived or OrderStatus.Completed or OrderStatus.Failed => new()
            {
                Kind = OutcomeKind.NotCancellable,
                OrderStatus = status,
                OrderId = read.OrderId,
            },
        };
    }

    /// <summary>Whether the answers do not name two different orders.</summary>
    private static bool AreOfOneOrder(ProviderReply one, ProviderReply? other) =>
        one.OrderId is null || other?.OrderId is null || one.OrderId == other.OrderId;

    /// <summary>An answer that does not establish the order's state; a retry may.</summary>
    private static CancelOutcome NotSettled(ProviderReply reply) =>
        new()
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
