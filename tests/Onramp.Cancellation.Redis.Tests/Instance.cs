using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The core of one instance, in real time, with a provider that cancels every order at once.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly IHost _host;

    private Instance(IConfiguration settings, ConcurrentQueue<long> calls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(settings);
        new FakeVault().AddTo(builder.Services);
        builder.Services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, new Provider(calls));
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddSharedLimit(builder.Configuration);
        _host = builder.Build();
    }

    /// <param name="settings">The settings.</param>
    /// <param name="calls">Receives the timestamp of each call to the provider.</param>
    public static async Task<Instance> StartAsync(IConfiguration settings, ConcurrentQueue<long> calls)
    {
        Instance instance = new(settings, calls);
        await instance._host.StartAsync(TestContext.Current.CancellationToken);
        return instance;
    }

    public async Task<CancelOutcome> CancelAsync(CancelTrigger trigger = CancelTrigger.Queue) =>
        await _host
            .Services.GetRequiredService<OrderCanceller>()
            .CancelAsync(
                new CancelRequest
                {
                    RequestId = "request-1",
                    Order = OrderReference.FromOrderId("1443"),
                    Trigger = trigger,
                    RequestedAt = DateTimeOffset.UnixEpoch,
                },
                TestContext.Current.CancellationToken
            );

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private sealed class Provider(ConcurrentQueue<long> calls) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            calls.Enqueue(Stopwatch.GetTimestamp());
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent(
                        """{"status":1,"data":{"orderId":"1443","status":-3}}""",
                        Encoding.UTF8,
                        "application/json"
                    ),
                }
            );
        }
    }
}
