namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>dead-letters list</c>.</summary>
internal sealed record DeadLetterList(
    string Queue,
    int Count,
    IReadOnlyList<ReasonCount> Reasons,
    IReadOnlyList<DeadLetterItem> DeadLetters
);

internal sealed record ReasonCount(string Reason, int Count);

internal sealed record DeadLetterItem(
    long Number,
    string Reason,
    string? Description,
    string? OrderId,
    string? Hash,
    string? Caller,
    string RequestId,
    DateTimeOffset EnqueuedAt,
    long AgeSeconds
);

/// <summary>The result of <c>dead-letters show</c>.</summary>
internal sealed record DeadLetterDetails(
    DeadLetterItem Message,
    string? MessageId,
    string? ContentType,
    IReadOnlyDictionary<string, string> Properties,
    string? Body
);

/// <summary>The result of <c>dead-letters replay</c> and <c>dead-letters remove</c>.</summary>
/// <param name="Matched">The number of dead letters that match the filters.</param>
/// <param name="Done">The number that was replayed or removed.</param>
/// <param name="Gone">The number that another receiver took first.</param>
/// <param name="Refused">The sequence numbers of those that no queue accepts; they stay in place.</param>
/// <param name="Left">The number that remains to be done.</param>
/// <param name="DryRun">Whether it was a dry run.</param>
internal sealed record ChangeReport(
    int Matched,
    int Done,
    int Gone,
    IReadOnlyCollection<long> Refused,
    int Left,
    bool DryRun
);
