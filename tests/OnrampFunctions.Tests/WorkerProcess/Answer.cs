using System.Net;
using System.Text.Json.Nodes;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>An HTTP response.</summary>
public sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static async Task<Answer> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(
            response.StatusCode,
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(
                    static header => header.Key,
                    static header => string.Join(',', header.Value),
                    StringComparer.OrdinalIgnoreCase
                ),
            await response.Content.ReadAsStringAsync(cancellationToken)
        );

    /// <summary>The last part of the problem type, or null if the response is not a problem document.</summary>
    public string? Problem =>
        Headers.GetValueOrDefault("Content-Type") == "application/problem+json" ? Text("type")!.Split(':')[^1] : null;

    public string? Text(string name) => JsonNode.Parse(Body)![name]?.ToString();
}
