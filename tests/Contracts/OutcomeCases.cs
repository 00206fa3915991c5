namespace Onramp.Testing.Contracts;

/// <summary>The outcome table as callers, subscribers and order systems know it, written out here and not read from the code.</summary>
internal static class OutcomeCases
{
    public static TheoryData<OutcomeKind> Kinds => [.. Enum.GetValues<OutcomeKind>()];

    public static OutcomeCase Of(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Cancelled => new(200, null, "cancelled", null, "complete"),
        OutcomeKind.NotCancellable => new(409, "not-cancellable", "not_cancellable", null, "complete"),
        OutcomeKind.NotFound => new(404, "order-not-found", "not_found", null, "complete"),
        OutcomeKind.Rejected => new(422, "rejected", "rejected", null, "complete"),
        OutcomeKind.Credentials => new(502, "credentials-refused", "failed", null, "retry"),
        OutcomeKind.Throttled => new(503, "throttled", "failed", "3600", "retry"),
        OutcomeKind.Unavailable => new(503, "unavailable", "failed", "5", "retry"),
    };
}

/// <summary>How one outcome is told.</summary>
/// <param name="Status">The HTTP answer's status.</param>
/// <param name="Problem">The last part of the problem's type; null for a success.</param>
/// <param name="Outcome">What events and answers call it.</param>
/// <param name="RetryAfter">The header, in seconds; null where there is none. A throttling provider asks for an hour here.</param>
/// <param name="Message">What becomes of a message of the queue.</param>
internal sealed record OutcomeCase(int Status, string? Problem, string Outcome, string? RetryAfter, string Message);
