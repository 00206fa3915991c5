using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Onramp.Cancellation;

/// <summary>The body of a 200 to a cancel.</summary>
internal readonly record struct CancelledBody
{
    public required string RequestId { get; init; }

    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string Outcome { get; init; }

    public required int? OrderStatus { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The body of a 202: the request waits on the queue.</summary>
internal sealed record AcceptedBody(string RequestId);

/// <summary>The body of a 201: the timeout is armed.</summary>
internal sealed record ArmedBody(string TimeoutId, DateTimeOffset DueAt, string RequestId);

/// <summary>The body of a healthy answer.</summary>
internal sealed record HealthBody(string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CancelledBody))]
[JsonSerializable(typeof(AcceptedBody))]
[JsonSerializable(typeof(ArmedBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>A successful answer.</summary>
    public static ApiResponse Respond<T>(int status, T body, JsonTypeInfo<T> type, params KeyValuePair<string, string>[] headers)
        => new() { StatusCode = status, ContentType = "application/json", Body = JsonSerializer.SerializeToUtf8Bytes(body, type), Headers = headers };
}
