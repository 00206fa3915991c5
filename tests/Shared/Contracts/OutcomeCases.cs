namespace Onramp.Testing.Contracts;

/// <summary>
/// The outcome table as callers, subscribers and order systems see it, written out here instead of read from the code.
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

/// <summary>How one outcome is reported.</summary>
/// <param name="Status">The status of the HTTP response.</param>
/// <param name="Problem">The last part of the problem's type; null for a success.</param>
/// <param name="Outcome">Its name in events and responses.</param>
/// <param name="RetryAfter">The header in seconds, or null. A throttling provider asks for an hour here.</param>
/// <param name="Message">How a message of the queue is settled.</param>
/// <param name="DeliveryStatus">The status of the response to a delivered event. Only a failure that a repeat can
/// change is not a success.</param>
internal sealed record OutcomeCase(
    int Status,
    string? Problem,
    string Outcome,
    string? RetryAfter,
    string Message,
    int DeliveryStatus
);
