using System.Text.Json.Serialization;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>What <c>dead-letters list --json</c> writes.</summary>
internal sealed record DeadLetterList(
    string Queue,
    int Count,
    IReadOnlyList<ReasonCount> Reasons,
    IReadOnlyList<DeadLetterItem> DeadLetters
);

internal sealed record ReasonCount(string Reason, int Count)
{
    /// <summary>Each reason with how often it is there, the most frequent first.</summary>
    public static IReadOnlyList<ReasonCount> Of(IEnumerable<DeadLetter> letters) =>
        [
            .. letters
                .CountBy(static letter => letter.Reason)
                .OrderByDescending(static pair => pair.Value)
                .ThenBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => new ReasonCount(pair.Key, pair.Value)),
        ];
}

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
)
{
    public static DeadLetterItem Of(DeadLetter letter, DateTimeOffset now) =>
        new(
            letter.Number,
            letter.Reason,
            letter.Description,
            letter.Order?.OrderId,
            letter.Order?.Hash,
            letter.Caller,
            letter.RequestId,
            letter.EnqueuedAt,
            (long)(now - letter.EnqueuedAt).TotalSeconds
        );
}

/// <summary>What <c>dead-letters show --json</c> writes.</summary>
internal sealed record DeadLetterDetails(
    DeadLetterItem Message,
    string? MessageId,
    string? ContentType,
    IReadOnlyDictionary<string, string> Properties,
    string? Body
);

/// <summary>What <c>dead-letters replay --json</c> and <c>remove --json</c> write.</summary>
/// <param name="Matched">How many the filters mean.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Gone">How many somebody else took meanwhile.</param>
/// <param name="Refused">The numbers of those that no queue takes again; they are where they were.</param>
/// <param name="Left">How many are left to do.</param>
/// <param name="DryRun">Whether nothing was done, on purpose.</param>
internal sealed record SweepReport(
    int Matched,
    int Done,
    int Gone,
    IReadOnlyCollection<long> Refused,
    int Left,
    bool DryRun
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DeadLetterDetails))]
[JsonSerializable(typeof(SweepReport))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
