using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Timeouts;

/// <summary>How arming a timeout ended.</summary>
public enum ArmStatus
{
    /// <summary>The tables did not confirm it; repeating is safe.</summary>
    TablesUnavailable,

    /// <summary>The queue did not confirm it; repeating is safe.</summary>
    QueueUnavailable,

    /// <summary>A timeout is armed now; none was before.</summary>
    Armed,

    /// <summary>An armed timeout was moved.</summary>
    Moved,

    /// <summary>The change is a repeat, or older than the last change: nothing was done.</summary>
    Unchanged,

    /// <summary>The timeout is firing.</summary>
    Firing,

    /// <summary>The order does not wait for payment, or its state could not be read: see the outcome.</summary>
    OrderNotWaiting,

    /// <summary>The timeout follows the order's end, but Onramp reports none.</summary>
    OrderHasNoEnd,
}

/// <summary>The result of arming a timeout.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Timeout">The timeout as it is now; null when that is unknown.</param>
/// <param name="Outcome">The order's state; only for <see cref="ArmStatus.OrderNotWaiting"/>.</param>
public readonly record struct ArmResult(ArmStatus Status, TimeoutRow? Timeout = null, CancelOutcome? Outcome = null);
