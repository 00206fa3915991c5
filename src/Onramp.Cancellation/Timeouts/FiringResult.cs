using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Timeouts;

/// <summary>What an alarm does.</summary>
public enum FiringStep
{
    /// <summary>The tables or the queue did not answer: the alarm waits for a later delivery.</summary>
    Wait,

    /// <summary>Cancel the order.</summary>
    Cancel,

    /// <summary>Nothing: the timeout was disarmed or moved, has fired, or never existed.</summary>
    Nothing,

    /// <summary>Ask again at <see cref="FiringResult.At"/>.</summary>
    Later,

    /// <summary>The order's end could not be read: see <see cref="FiringResult.Outcome"/>.</summary>
    OrderNotRead,
}

/// <summary>The decision about an alarm.</summary>
/// <param name="Step">What to do.</param>
/// <param name="At">When to ask again.</param>
/// <param name="Outcome">Why the order could not be read.</param>
/// <param name="GraceAfterEnd">How long after its own end the order may be cancelled; null if the timeout does not
/// follow it.</param>
public readonly record struct FiringResult(
    FiringStep Step,
    DateTimeOffset At = default,
    CancelOutcome? Outcome = null,
    TimeSpan? GraceAfterEnd = null
);
