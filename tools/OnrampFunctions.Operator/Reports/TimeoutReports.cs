namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>timeouts list</c>.</summary>
internal sealed record TimeoutList(string Queue, int Count, IReadOnlyList<TimeoutItem> Timeouts);

internal sealed record TimeoutItem(
    long Number,
    DateTimeOffset DueAt,
    string? OrderId,
    string? Hash,
    string? Caller,
    string? RequestId
);

/// <summary>The result of <c>timeouts disarm</c>.</summary>
/// <param name="Matched">The number of timeouts that match and are armed.</param>
/// <param name="Disarmed">The number that was disarmed.</param>
/// <param name="Fired">The number that became due first.</param>
/// <param name="DryRun">Whether it was a dry run.</param>
internal sealed record DisarmReport(int Matched, int Disarmed, int Fired, bool DryRun);
