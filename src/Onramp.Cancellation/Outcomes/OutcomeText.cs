namespace Onramp.Cancellation;

/// <summary>The names that outcomes, reasons and triggers have on the wire. They never change: subscriptions filter on them.</summary>
public static class OutcomeText
{
    /// <summary><c>cancelled</c>, <c>not_cancellable</c>, <c>not_found</c>, <c>rejected</c> or <c>failed</c>.</summary>
    public static string Of(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Cancelled => "cancelled",
        OutcomeKind.NotCancellable => "not_cancellable",
        OutcomeKind.NotFound => "not_found",
        OutcomeKind.Rejected => "rejected",
        _ => "failed",
    };

    /// <summary><c>credentials</c>, <c>throttled</c> or <c>unavailable</c>; null when nothing failed.</summary>
    public static string? Of(FailureReason reason) => reason switch
    {
        FailureReason.Credentials => "credentials",
        FailureReason.Throttled => "throttled",
        FailureReason.Unavailable => "unavailable",
        _ => null,
    };

    /// <summary><c>http</c>, <c>queue</c> or <c>timeout</c>.</summary>
    public static string Of(CancelTrigger trigger) => trigger switch
    {
        CancelTrigger.Http => "http",
        CancelTrigger.Queue => "queue",
        _ => "timeout",
    };
}
