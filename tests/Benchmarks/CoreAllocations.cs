using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Onramp.Cancellation;
using OnrampFunctions.Local;

namespace Benchmarks;

/// <summary>
/// What one cancel allocates in our own code, by owner: the endpoint runs on one thread, with an answer that is there at once instead of
/// a network.
/// </summary>
internal static class CoreAllocations
{
    public static async Task<IReadOnlyList<(string Owner, double Bytes)>> MeasureAsync(int requests)
    {
        var options = new LocalHostOptions
        {
            Quiet = true,
            ConfigureServices = static services => services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, new AtOnce()),
        };
        await using var host = LocalHost.Create(["--urls", "http://127.0.0.1:0"], options);
        await host.StartAsync();
        var signing = host.Services.GetRequiredService<SigningService>();
        var canceller = host.Services.GetRequiredService<OrderCanceller>();
        var endpoint = host.Services.GetRequiredService<CancelEndpoint>();
        var body = """{"orderId":"1443"}"""u8.ToArray();
        var cancel = new CancelRequest
        {
            RequestId = "request",
            Order = OrderReference.FromOrderId("1443"),
            Trigger = CancelTrigger.Http,
            RequestedAt = TimeProvider.System.GetUtcNow(),
        };

        var sign = Measure(requests, () => signing.Sign(cancel.Order.Json.Span));
        var settle = Measure(requests, () => Completed(canceller.CancelAsync(cancel, CancellationToken.None)));
        var whole = Measure(requests, () => Completed(endpoint.HandleAsync(
            new ApiRequest { Method = "POST", ContentType = "application/json", ContentLength = body.Length, Body = new MemoryStream(body) }, CancellationToken.None)));
        await host.StopAsync();
        return [("signing", sign), ("provider call, judging, retries (without signing)", settle - sign), ("parsing, event and its publication in memory, answer", whole - settle), ("core, together", whole)];
    }

    private static double Measure(int times, Action work)
    {
        for (var warmUp = 0; warmUp < 2000; warmUp++)
        {
            work();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < times; time++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)times;
    }

    private static void Completed<T>(Task<T> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The work left its thread: its bytes are not counted.", task.Exception);
        }
    }

    private sealed class AtOnce : HttpMessageHandler
    {
        private static readonly byte[] Cancelled = """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}"""u8.ToArray();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(Cancelled) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            });
    }
}
