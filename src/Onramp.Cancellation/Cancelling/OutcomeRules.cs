namespace Onramp.Cancellation;

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
        ReplyKind.Unauthorized => CancelOutcome.Failed(FailureReason.Credentials, read.Error),
        ReplyKind.Throttled => CancelOutcome.Failed(FailureReason.Throttled, read.Error, Longer(read.RetryAfter, cancel?.RetryAfter)),
        _ => CancelOutcome.Failed(FailureReason.Unavailable, read.Error, Longer(read.RetryAfter, cancel?.RetryAfter)),
    };

    private static CancelOutcome SettleState(OrderStatus status, ProviderReply? cancel) => status switch
    {
        OrderStatus.Cancelled => CancelOutcome.Cancelled,
        OrderStatus.WaitingForPayment => NotDone(cancel!),
        _ => new() { Kind = OutcomeKind.NotCancellable, OrderStatus = status },
    };

    /// <summary>The order still waits for payment after cancelOrder was called.</summary>
    private static CancelOutcome NotDone(ProviderReply cancel)
    {
        const OrderStatus waiting = OrderStatus.WaitingForPayment;
        return cancel.Kind switch
        {
            ReplyKind.Refused => new() { Kind = OutcomeKind.Rejected, Detail = cancel.Error, OrderStatus = waiting },
            ReplyKind.Unauthorized => CancelOutcome.Failed(FailureReason.Credentials, cancel.Error, status: waiting),
            ReplyKind.Throttled => CancelOutcome.Failed(FailureReason.Throttled, cancel.Error, cancel.RetryAfter, waiting),
            _ => CancelOutcome.Failed(FailureReason.Unavailable, cancel.Error ?? "the order still waits for payment after cancelOrder answered", cancel.RetryAfter, waiting),
        };
    }

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one > other || other is null ? one : other;
}
