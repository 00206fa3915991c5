using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>The body of a 200: of a cancel, or of a delivery whose outcome is final, whatever it is.</summary>
internal readonly record struct OutcomeBody
{
    public required string RequestId { get; init; }

    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string Outcome { get; init; }

    public required int? OrderStatus { get; init; }

    /// <summary>Why, in words, when it is not cancelled.</summary>
    public string? Detail { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The body of a 202: the request waits on the queue.</summary>
internal sealed record AcceptedBody(string RequestId);

/// <summary>The body of a 201: the timeout is armed.</summary>
internal sealed record ArmedBody(string TimeoutId, DateTimeOffset DueAt, string RequestId);

/// <summary>The body of a healthy answer.</summary>
internal sealed record HealthBody(string Status);

/// <summary>
/// One fault of one field; the pointer is a JSON pointer as a URI fragment, as in RFC 9457, section 3.
/// </summary>
internal sealed record ProblemError(string Pointer, string Detail);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(OutcomeBody))]
[JsonSerializable(typeof(AcceptedBody))]
[JsonSerializable(typeof(ArmedBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ProblemError[]))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>A successful answer.</summary>
    public static IResult Respond<T>(
        int status,
        T body,
        JsonTypeInfo<T> type,
        params IReadOnlyList<KeyValuePair<string, string>> headers
    ) => new ApiResult(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(body, type), headers);
}

/// <summary>
/// For problems, whose words people read in a terminal: nothing is escaped that JSON does not ask to be. An answer is
/// never taken for markup: its media type says what it is.
/// </summary>
internal static class ProblemJson
{
    public static JsonTypeInfo<ProblemDetails> Type { get; } =
        new ApiJson(
            new JsonSerializerOptions(ApiJson.Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                TypeInfoResolver = null,
            }
        ).ProblemDetails;
}
