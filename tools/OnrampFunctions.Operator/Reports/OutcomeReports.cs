using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Records;

namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>outcomes --order</c>: outcomes of one order, the newest first.</summary>
/// <param name="Outcomes">The outcomes.</param>
/// <param name="IsMore">Whether there are older ones.</param>
internal sealed record OutcomeHistory(IReadOnlyList<OutcomeReport> Outcomes, bool IsMore);

/// <summary>A recorded outcome.</summary>
internal sealed record OutcomeReport(
    DateTimeOffset CompletedAt,
    string Outcome,
    string? ReasonCode,
    string? OrderId,
    int? OrderStatus,
    string Trigger,
    string? Caller,
    string? Reason,
    string? Detail,
    int Attempts,
    DateTimeOffset RequestedAt,
    string RequestId
)
{
    public static OutcomeReport Of(RecordedOutcome outcome) =>
        new(
            outcome.CompletedAt,
            outcome.Outcome.Row().Name,
            outcome.Outcome.Row().ReasonCode,
            outcome.OrderId,
            (int?)outcome.OrderStatus,
            outcome.Trigger,
            outcome.Caller,
            outcome.Reason,
            outcome.Detail,
            outcome.Attempts,
            outcome.RequestedAt,
            outcome.RequestId
        );
}
