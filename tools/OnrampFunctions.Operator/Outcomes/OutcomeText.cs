using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Records;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>Recorded outcomes in words.</summary>
internal static class OutcomeText
{
    /// <summary><c>cancelled</c> or <c>failed (unavailable)</c>.</summary>
    public static string Name(RecordedOutcome outcome) =>
        outcome.Outcome.Row() is { ReasonCode: { } reason } row ? $"{row.Name} ({reason})" : outcome.Outcome.Row().Name;

    /// <summary>One line about an outcome.</summary>
    public static string Line(RecordedOutcome outcome)
    {
        var attempts = TerminalText.Count(outcome.Attempts, "attempt");
        var detail = outcome.Detail is null ? "" : $": {TerminalText.Of(outcome.Detail)}";
        return $"{Name(outcome)} at {outcome.CompletedAt:u} after {attempts}{detail}";
    }
}
