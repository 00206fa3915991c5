using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The limits of the local host's server, read back from what it builds.</summary>
public sealed class ServerLimitTests
{
    private const int MaxViewers = 32;

    [Fact]
    public async Task The_server_takes_four_megabytes_and_stops_like_the_app()
    {
        await using var host = await RunningHost.StartAsync();
        var services = host.Host.Services;

        Assert.Equal(
            4 * 1024 * 1024,
            services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize
        );
        Assert.Equal(
            TimeSpan.FromSeconds(4),
            services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout
        );
    }

    /// <summary>A viewer that disconnects makes room for another one.</summary>
    [Fact]
    public async Task As_many_pages_as_the_limit_are_served_at_the_same_time()
    {
        await using var host = await RunningHost.StartAsync();
        List<HttpResponseMessage> viewers = [];
        for (var viewer = 0; viewer < MaxViewers; viewer++)
        {
            viewers.Add(await ViewAsync(host));
        }

        Assert.All(viewers, static viewer => Assert.Equal(200, (int)viewer.StatusCode));
        using (var refused = await ViewAsync(host))
        {
            Assert.Equal(503, (int)refused.StatusCode);
        }

        viewers[0].Dispose();
        viewers.RemoveAt(0);
        while (true)
        {
            // The host notices the end of a connection at its next update.
            host.Clock.Advance(TimeSpan.FromSeconds(0.2));
            var next = await ViewAsync(host);
            viewers.Add(next);
            if (next.IsSuccessStatusCode)
            {
                break;
            }
        }

        viewers.ForEach(static viewer => viewer.Dispose());
    }

    private static Task<HttpResponseMessage> ViewAsync(RunningHost host) =>
        host.Client.GetAsync("/simulator/live", HttpCompletionOption.ResponseHeadersRead, RunningHost.Token);
}
