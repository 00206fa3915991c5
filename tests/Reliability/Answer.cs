using System.Net;
using System.Text.Json;

namespace Reliability;

/// <summary>The parts of an HTTP response that the service makes promises about.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Problem">The last part of the problem type, or null.</param>
/// <param name="Outcome">The outcome, or null.</param>
/// <param name="OrderStatus">The order state, or null.</param>
/// <param name="RequestId">The request id, or null.</param>
/// <param name="SaysWhen">Whether it has a <c>Retry-After</c>.</param>
public sealed record Answer(
    int Status,
    string? Problem,
    string? Outcome,
    int? OrderStatus,
    string? RequestId,
    bool SaysWhen
)
{
    /// <summary>When the timeout is due; null if the answer is not about a timeout.</summary>
    public string? DueAt { get; init; }

    /// <summary>Where a deferred request can be asked about, or null.</summary>
    public string? Location { get; init; }

    /// <summary>Whether a well-behaved caller repeats the request.</summary>
    public bool AsksForMore => Status is (int)HttpStatusCode.ServiceUnavailable or (int)HttpStatusCode.BadGateway;

    public static Answer Read(HttpResponseMessage response, JsonElement body) =>
        new(
            (int)response.StatusCode,
            Text(body, "type")?.Split(':')[^1],
            Text(body, "outcome"),
            body.TryGetProperty("orderStatus", out var status) ? status.GetInt32() : null,
            Text(body, "requestId"),
            response.Headers.RetryAfter is not null
        )
        {
            DueAt = Text(body, "dueAt"),
            Location = response.StatusCode == HttpStatusCode.Accepted ? response.Headers.Location?.ToString() : null,
        };

    public override string ToString() =>
        string.Join(
            ' ',
            new[] { Status.ToString(System.Globalization.CultureInfo.InvariantCulture), Problem, Outcome }.Where(part =>
                part is not null
            )
        );

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
