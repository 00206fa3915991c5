using System.Text.Json.Serialization;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>What <c>timeouts list --json</c> writes.</summary>
internal sealed record TimeoutList(string Queue, int Count, IReadOnlyList<TimeoutItem> Timeouts);

internal sealed record TimeoutItem(
    long Number,
    DateTimeOffset DueAt,
    string? OrderId,
    string? Hash,
    string? Caller,
    string? RequestId
)
{
    public static TimeoutItem Of(WaitingTimeout timeout) =>
        new(
            timeout.Number,
            timeout.DueAt,
            timeout.Order?.OrderId,
            timeout.Order?.Hash,
            timeout.Caller,
            timeout.RequestId
        );
}

/// <summary>What <c>timeouts disarm --json</c> writes.</summary>
/// <param name="Matched">How many were meant and there.</param>
/// <param name="Disarmed">How many were taken back.</param>
/// <param name="Fired">How many had become due meanwhile.</param>
/// <param name="DryRun">Whether nothing was done, on purpose.</param>
internal sealed record DisarmReport(int Matched, int Disarmed, int Fired, bool DryRun);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(TimeoutList))]
[JsonSerializable(typeof(DisarmReport))]
internal sealed partial class TimeoutJson : JsonSerializerContext;
