namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>cancel ORDER</c>.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="OrderId">The order's id, if the request names it.</param>
/// <param name="Hash">The order's hash, if the request names it.</param>
/// <param name="Queued">Whether the request was sent.</param>
/// <param name="Outcome">The outcome; only with <c>--wait</c>, and null while the request waits.</param>
internal sealed record CancelReport(
    string RequestId,
    string? OrderId,
    string? Hash,
    bool Queued,
    OutcomeReport? Outcome
);

/// <summary>The result of <c>cancel --from</c>.</summary>
/// <param name="File">The file.</param>
/// <param name="Requests">The part that the request ids have in common; a hyphen and the line follow.</param>
/// <param name="Orders">The number of orders.</param>
/// <param name="Duplicates">The number of lines that repeat an earlier one.</param>
/// <param name="Invalid">The number of invalid lines.</param>
/// <param name="Sent">The number of requests that this run sent.</param>
/// <param name="Finished">The number of orders that had a final outcome before.</param>
/// <param name="Left">The number that remains to be sent.</param>
/// <param name="Outcomes">The number of orders with each outcome; only with <c>--wait</c>.</param>
/// <param name="DryRun">Whether it was a dry run.</param>
internal sealed record FileCancelReport(
    string File,
    string Requests,
    int Orders,
    int Duplicates,
    int Invalid,
    int Sent,
    int Finished,
    int Left,
    IReadOnlyDictionary<string, int>? Outcomes,
    bool DryRun
);

/// <summary>The result of one order of a file. The outcome is <c>waiting</c> while there is none.</summary>
internal sealed record OrderResult(
    int Line,
    string? OrderId,
    string? Hash,
    string RequestId,
    string Outcome,
    string? ReasonCode,
    string? Detail,
    DateTimeOffset? CompletedAt
);
