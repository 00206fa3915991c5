using System.Diagnostics;
using System.Net.Http.Headers;

namespace Benchmarks;

/// <summary>What one round came to.</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="P50">Half of them took no longer, in milliseconds.</param>
/// <param name="P99">All but one in a hundred took no longer, in milliseconds.</param>
internal sealed record LoadResult(double PerSecond, double P50, double P99);

/// <summary>A fixed number of connections, each with the next request as soon as the last is answered.</summary>
internal sealed class Load(Uri address, int connections) : IDisposable
{
    private static readonly byte[] Body = """{"orderId":"1443"}"""u8.ToArray();
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseCookies = false });
    private readonly Uri _target = new(address, "/api/orders/cancel");

    public async Task<LoadResult> RunAsync(int requests)
    {
        var ticks = new long[requests];
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < requests; number = Interlocked.Increment(ref next))
            {
                var sent = Stopwatch.GetTimestamp();
                await SendAsync();
                ticks[number] = Stopwatch.GetTimestamp() - sent;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(start);
        Array.Sort(ticks);
        return new LoadResult(requests / elapsed.TotalSeconds, Milliseconds(ticks[requests / 2]), Milliseconds(ticks[requests * 99 / 100]));
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _target) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = Json;
        using var response = await _http.SendAsync(request, CancellationToken.None);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{_target} answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(answer)}");
        }
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
