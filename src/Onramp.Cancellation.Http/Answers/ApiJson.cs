using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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

/// <summary>A timeout, as it is now.</summary>
internal readonly record struct TimeoutBody
{
    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>True if the timeout follows the order's own end; otherwise null.</summary>
    public bool? WhenExpired { get; init; }

    public string? Reason { get; init; }

    /// <summary>The request id of the outcome event when the timeout fires.</summary>
    public required string RequestId { get; init; }

    /// <summary>The outcome of a timeout that has fired.</summary>
    public string? Outcome { get; init; }
}

/// <summary>The state of a request: it waits, or it has an outcome.</summary>
internal readonly record struct RequestBody
{
    public required string RequestId { get; init; }

    public required string State { get; init; }

    /// <summary>When the next attempt is due, if one is scheduled.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastReason { get; init; }

    public string? OrderId { get; init; }

    public string? Outcome { get; init; }

    public string? ReasonCode { get; init; }

    public int? OrderStatus { get; init; }

    public string? Detail { get; init; }

    public int? Attempts { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>A page of the outcomes of an order, the newest first.</summary>
internal readonly record struct OutcomesBody
{
    public required IReadOnlyList<OrderOutcomeBody> Outcomes { get; init; }

    /// <summary>The path of the next page; null on the last one.</summary>
    public string? Next { get; init; }
}

/// <summary>One outcome of an order.</summary>
internal readonly record struct OrderOutcomeBody
{
    public required string Outcome { get; init; }

    public string? ReasonCode { get; init; }

    public string? OrderId { get; init; }

    public int? OrderStatus { get; init; }

    public string? Detail { get; init; }

    public required string Trigger { get; init; }

    public required int Attempts { get; init; }

    /// <summary>The request id; null for a request of another caller.</summary>
    public string? RequestId { get; init; }

    /// <summary>The caller's reason; null for a request of another caller.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The body of the health endpoint's 200.</summary>
/// <param name="Status">Always <c>ready</c>.</param>
/// <param name="CallLimit">The limit of calls a second that is in force; null for none.</param>
internal sealed record HealthBody(string Status, string? CallLimit);

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
[JsonSerializable(typeof(TimeoutBody))]
[JsonSerializable(typeof(RequestBody))]
[JsonSerializable(typeof(OutcomesBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ProblemError[]))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Problems, for people in a terminal. Their media type keeps a browser from reading one as HTML.</summary>
    public static JsonTypeInfo<ProblemDetails> Problem => Relaxed.ProblemDetails;

    /// <summary>Outcomes, whose path of the next page is copied from a terminal.</summary>
    public static JsonTypeInfo<OutcomesBody> Outcomes => Relaxed.OutcomesBody;

    /// <summary>Only what JSON requires is escaped.</summary>
    private static ApiJson Relaxed =>
        field ??= new ApiJson(
            new JsonSerializerOptions(Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                TypeInfoResolver = null,
            }
        );

    /// <summary>The header of a response that is only true now.</summary>
    public static KeyValuePair<string, string> NotStored { get; } = new("Cache-Control", "no-store");

    /// <summary>Creates a successful response.</summary>
    public static ApiResult Respond<T>(
        int status,
        T body,
        JsonTypeInfo<T> type,
        params IReadOnlyList<KeyValuePair<string, string>> headers
    ) => new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(body, type), headers);
}
