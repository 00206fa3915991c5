using System.Collections.Concurrent;
using System.Diagnostics;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>Four instances under one limit, while Redis is killed and started again.</summary>
public sealed class FleetTests
{
    private const double PerSecond = 200;
    private const int Instances = 4;
    private const int Messages = 16;

    // 20 ms of the rate, and a period of 10 ms. While instances change over, each has one call and 20 ms of its share.
    private const int Burst = 4 + 2 + Instances + 4;

    [Fact]
    public async Task Cannot_exceed_the_limit_in_any_second_while_Redis_is_restarted()
    {
        await using var server = await LocalRedis.StartAsync();
        ConcurrentQueue<long> calls = new();
        var settings = Limiters.Settings(server.Address, PerSecond, Instances);
        var instances = await Task.WhenAll(
            Enumerable.Range(0, Instances).Select(_ => Instance.StartAsync(settings, calls))
        );
        using CancellationTokenSource end = new();
        var started = Stopwatch.GetTimestamp();
        var backlog = Task.WhenAll(
            instances.SelectMany(i => Enumerable.Range(0, Messages).Select(_ => WorkAsync(i, end.Token)))
        );

        await PassAsync(1);
        var stopped = calls.Count;
        await server.StopAsync();
        await PassAsync(1);
        var alone = calls.Count - stopped;
        await server.StartAsync();
        await PassAsync(5.2);
        await end.CancelAsync();
        await backlog;

        var times = calls.Select(call => Stopwatch.GetElapsedTime(started, call).TotalSeconds).Order().ToList();
        var most = times.Max(from => times.Count(at => at >= from && at < from + 1));
        Assert.InRange(most, 1, PerSecond + Burst);
        Assert.InRange(alone, PerSecond / 4, PerSecond * 1.5);
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
    }

    private static async Task WorkAsync(Instance instance, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Assert.Equal(OutcomeKind.Cancelled, (await instance.CancelAsync()).Kind);
        }
    }

    private static Task PassAsync(double seconds) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, TestContext.Current.CancellationToken);
}
