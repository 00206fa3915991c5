using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ServiceBusEmulator.Tests;

/// <summary>Calls the REST API.</summary>
internal sealed class RestClient(Uri address) : IDisposable
{
    // Without the proxy of the environment.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = RunningEmulator.Patience,
    };

    public Uri Address => address;

    public async Task<RestResponse> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await SendAsync(request, RunningEmulator.Token);
    }

    public async Task<RestResponse> DeleteAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, path);
        return await SendAsync(request, RunningEmulator.Token);
    }

    public async Task<RestResponse> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(',', header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        return new RestResponse(
            response.StatusCode,
            headers,
            await response.Content.ReadAsStringAsync(cancellationToken)
        );
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A response of the REST API.</summary>
internal sealed record RestResponse(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The header <c>BrokerProperties</c>.</summary>
    public JsonNode BrokerProperties => JsonNode.Parse(Headers["BrokerProperties"])!;

    /// <summary>What a problem document says is wrong.</summary>
    public string? Detail => (string?)JsonNode.Parse(Body)!["detail"];
}
