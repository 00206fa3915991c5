namespace Onramp.Testing.Contracts;

/// <summary>
/// The outcome table as callers, subscribers and order systems know it, written out here and not read from the code.
/// </summary>
internal static class OutcomeCases
{
    public static TheoryData<OutcomeKind> Kinds => [.. Enum.GetValues<OutcomeKind>()];

    public static OutcomeCase Of(OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Cancelled => new(200, null, "cancelled", null, "complete", 200),
            OutcomeKind.NotCancellable => new(409, "not-cancellable", "not_cancellable", null, "complete", 200),
            OutcomeKind.NotFound => new(404, "order-not-found", "not_found", null, "complete", 200),
            OutcomeKind.Rejected => new(422, "rejected", "rejected", null, "complete", 200),
            OutcomeKind.Credentials => new(502, "credentials-refused", "failed", "60", "retry", 503),
            OutcomeKind.Throttled => new(503, "throttled", "failed", "3600", "retry", 503),
            OutcomeKind.Unavailable => new(503, "unavailable", "failed", "5", "retry", 503),
        };
}

/// <summary>How one outcome is told.</summary>
/// <param name="Status">The HTTP answer's status.</param>
/// <param name="Problem">The last part of the problem's type; null for a success.</param>
/// <param name="Outcome">What events and answers call it.</param>
/// <param name="RetryAfter">The header, in seconds; null where there is none. A throttling provider asks for an hour
/// here.</param>
/// <param name="Message">What becomes of a message of the queue.</param>
/// <param name="DeliveryStatus">The answer's status to an event that was delivered: only what a repeat can change is no
/// success.</param>
internal sealed record OutcomeCase(
    int Status,
    string? Problem,
    string Outcome,
    string? RetryAfter,
    string Message,
    int DeliveryStatus
);
