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

    [Theory]
    [InlineData("Receivers", "0", false)]
    [InlineData("Receivers", "1", true)]
    [InlineData("Receivers", "1000", true)]
    [InlineData("Receivers", "1001", false)]
    [InlineData("MaxDeliveryCount", "0", false)]
    [InlineData("MaxDeliveryCount", "1", true)]
    [InlineData("LockDuration", "00:00:00.9999999", false)]
    [InlineData("LockDuration", "00:00:01", true)]
    [InlineData("DuplicateWindow", "-00:00:00.0000001", false)]
    [InlineData("DuplicateWindow", "00:00:00", true)]
    [InlineData("KeptMessages", "0", false)]
    [InlineData("KeptMessages", "1", true)]
    [InlineData("KeptMessages", "1000000", true)]
    [InlineData("KeptMessages", "1000001", false)]
    [InlineData("Partitions", "0", false)]
    [InlineData("Partitions", "1", true)]
    [InlineData("Partitions", "16", true)]
    [InlineData("Partitions", "17", false)]
    public async Task A_setting_takes_its_range_and_nothing_beyond_it(string setting, string value, bool isValid)
    {
        LocalHostOptions options = new()
        {
            Quiet = true,
            Settings = new Dictionary<string, string?> { [$"LocalHost__{setting}"] = value },
        };
        if (isValid)
        {
            await using var host = Create();
        }
        else
        {
            Assert.StartsWith(
                $"LocalHost__{setting} ",
                Assert.Throws<LocalHostException>(Create).Message,
                StringComparison.Ordinal
            );
        }

        LocalApp Create() => LocalApp.Create(["--urls", "http://127.0.0.1:0"], options);
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
