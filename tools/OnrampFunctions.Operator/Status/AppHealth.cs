using System.Net;
using System.Text.Json;

namespace OnrampFunctions.Operator.Status;

/// <summary>Requests the app's health endpoint.</summary>
internal static class AppHealth
{
    private const string Path = "api/health";
    private const int MaxBytes = 65536;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="OperatorException">The address is not valid.</exception>
    public static async Task<AppStatus> AskAsync(string url, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var app) || app.Scheme is not ("http" or "https"))
        {
            throw OperatorException.Usage(
                "--app must be a complete address, for example https://func-example.azurewebsites.net."
            );
        }

        using HttpClient client = new() { Timeout = Limit, MaxResponseContentBufferSize = MaxBytes };
        Uri address = new(app.AbsoluteUri.TrimEnd('/') + "/" + Path);
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            return new AppStatus(
                app,
                (int)answer.StatusCode,
                Says(await answer.Content.ReadAsStringAsync(cancellationToken), answer.StatusCode)
            );
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return new AppStatus(app, 0, "no response");
        }
    }

    /// <summary>
    /// Returns the <c>status</c> of a healthy response and its limit of calls, or the <c>detail</c> of a problem.
    /// </summary>
    private static string Says(string body, HttpStatusCode status)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if ((Text(json, "detail") ?? Text(json, "status")) is { } said)
            {
                return Text(json, "callLimit") is { } limit ? $"{said}, limit of calls: {limit}" : said;
            }
        }
        catch (JsonException)
        {
            // The response is not from the app.
        }

        return status.ToString();
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object
        && json.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
