using System.Text.Json.Serialization;

namespace OnrampFunctions.Operations.Status;

/// <summary>What <c>status --json</c> writes.</summary>
internal sealed record StatusReport(string Namespace, QueueStatus Queue, IReadOnlyList<SubscriptionStatus> Subscriptions, AppStatus? App);

internal sealed record QueueStatus(string Name, Depth Depth, DeadLetterStatus DeadLetters);

internal sealed record DeadLetterStatus(int Count, DateTimeOffset? Oldest, IReadOnlyDictionary<string, int> Reasons, bool IsMore);

internal sealed record SubscriptionStatus(string Topic, string Name, Depth Depth, int DeadLetters);

/// <summary>What the app says of itself; a status of 0 when it did not answer.</summary>
internal sealed record AppStatus(Uri Address, int HttpStatus, string Says);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
