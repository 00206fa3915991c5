using System.Text.Json.Serialization;
using Onramp.Cancellation.Records;

namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>status</c>.</summary>
internal sealed record StatusReport(
    string Namespace,
    QueueStatus Queue,
    WaitingSummary? Retrying,
    IReadOnlyList<SubscriptionStatus> Subscriptions,
    AppStatus? App
);

internal sealed record QueueStatus(string Name, QueueDepth Depth, DeadLetterStatus DeadLetters);

internal sealed record DeadLetterStatus(
    int Count,
    DateTimeOffset? Oldest,
    IReadOnlyDictionary<string, int> Reasons,
    bool IsMore
);

internal sealed record SubscriptionStatus(string Topic, string Name, QueueDepth Depth, int DeadLetters);

/// <summary>The response of the app's health endpoint; the status is 0 when there was no response.</summary>
internal sealed record AppStatus(Uri Address, int HttpStatus, string Says)
{
    /// <summary>What is wrong with the app and what to do about it; null when it is healthy.</summary>
    [JsonIgnore]
    public string? Fault =>
        HttpStatus switch
        {
            200 => null,
            0 => $"The app does not respond at {Address}: check the address, and whether the app is running.",
            _ => $"The app at {Address} is not healthy, or it is another app: see docs/operations.md.",
        };
}
