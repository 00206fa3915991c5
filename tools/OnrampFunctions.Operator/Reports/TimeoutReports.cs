using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>timeouts show</c>.</summary>
internal sealed record TimeoutList(int Count, IReadOnlyList<TimeoutReport> Timeouts);

/// <summary>A timeout; <c>timeouts list</c> writes one for each line.</summary>
internal sealed record TimeoutReport(
    string? OrderId,
    string? Caller,
    string State,
    DateTimeOffset DueAt,
    bool FollowsOrder,
    string? Reason,
    DateTimeOffset ArmedAt,
    DateTimeOffset ChangedAt,
    string? Outcome,
    string RequestId
)
{
    public static TimeoutReport Of(TimeoutRow timeout) =>
        new(
            timeout.OrderId,
            timeout.Caller,
            timeout.State.Name(),
            timeout.DueAt,
            timeout.FollowsOrder,
            timeout.Reason,
            timeout.ArmedAt,
            timeout.ChangedAt,
            timeout.Outcome,
            timeout.Version
        );
}

/// <summary>The result of <c>timeouts disarm</c>.</summary>
internal sealed record DisarmReport(IReadOnlyList<DisarmItem> Timeouts, bool DryRun);

/// <summary>One timeout: <c>disarmed</c>, <c>fired</c> (also while it is firing) or <c>notFound</c>; in a dry run its
/// state.</summary>
internal sealed record DisarmItem(string? OrderId, string? Caller, string Result);
