using System.Text.Json.Serialization;

namespace OnrampFunctions.Operator.Status;

/// <summary>What <c>status --json</c> writes.</summary>
internal sealed record StatusReport(
    string Namespace,
    QueueStatus Queue,
    IReadOnlyList<SubscriptionStatus> Subscriptions,
    AppStatus? App
);

internal sealed record QueueStatus(string Name, Depth Depth, DeadLetterStatus DeadLetters);

internal sealed record DeadLetterStatus(
    int Count,
    DateTimeOffset? Oldest,
    IReadOnlyDictionary<string, int> Reasons,
    bool IsMore
);

internal sealed record SubscriptionStatus(string Topic, string Name, Depth Depth, int DeadLetters);

/// <summary>What the app says of itself; a status of 0 when it did not answer.</summary>
internal sealed record AppStatus(Uri Address, int HttpStatus, string Says)
{
    /// <summary>What is wrong with it, with what mends it; null when it is well.</summary>
    [JsonIgnore]
    public string? Fault =>
        HttpStatus switch
        {
            200 => null,
            0 => $"The app gives no answer at {Address}: check the address, and whether it runs.",
            _ => $"The app is not well, or is not at {Address}: docs/operations.md says what the answer means.",
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
