using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>The body of a 200: the outcome of a cancel, or the final outcome of an event.</summary>
internal readonly record struct OutcomeBody
{
    public required string RequestId { get; init; }

    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string Outcome { get; init; }

    public required int? OrderStatus { get; init; }

    /// <summary>Why the order is not cancelled; null when it is.</summary>
    public string? Detail { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The body of a 202: the request is on the queue.</summary>
internal sealed record AcceptedBody(string RequestId);

/// <summary>The body of a 201: the timeout is armed.</summary>
internal sealed record ArmedBody(string TimeoutId, DateTimeOffset DueAt, string RequestId);

/// <summary>The body of the health endpoint's 200.</summary>
internal sealed record HealthBody(string Status);

/// <summary>
/// One invalid field or header. The pointer is a JSON pointer as a URI fragment, as in RFC 9457, section 3.
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
    /// <summary>
    /// Problems are read by people in a terminal, so only what JSON requires is escaped. Their media type keeps a
    /// browser from reading one as HTML.
    /// </summary>
    public static JsonTypeInfo<ProblemDetails> Problem =>
        field ??= new ApiJson(
            new JsonSerializerOptions(Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                TypeInfoResolver = null,
            }
        ).ProblemDetails;

    /// <summary>Creates a successful response.</summary>
    public static IResult Respond<T>(
        int status,
        T body,
        JsonTypeInfo<T> type,
        params IReadOnlyList<KeyValuePair<string, string>> headers
    ) => new ApiResult(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(body, type), headers);
}
