using System.Collections.Frozen;
using System.Net;

namespace OnrampFunctions.Local.Tests;

/// <summary>Bad times that pass: what was asked for meanwhile is done afterwards.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Does_everything_after_ten_minutes_without_the_provider()
    {
        const int count = 40;
        await using var host = await RunningHost.StartAsync();
        for (var i = 0; i < count; i++)
        {
            host.Simulator.Put($"{2000 + i}");
        }

        host.Host.Faults.Settings = new FaultSettings { Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]) };
        var outageEnds = host.Clock.GetUtcNow().AddMinutes(10);
        for (var i = 0; i < count; i++)
        {
            await host.PostAsync("/cancel-requests/messages", $$"""{"orderId":"{{2000 + i}}"}""");
        }

        for (var i = 0; i < 5; i++)
        {
            await PassTimeAsync(host, TimeSpan.FromMinutes(2));
            var answer = await host.CancelAsync("1443");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.Contains(answer.Problem, (string[])["unavailable", "throttled"]);
            Assert.True(int.Parse(answer.Headers["Retry-After"]) > 0);
        }

        Assert.True(host.Clock.GetUtcNow() >= outageEnds);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Error: Circuit opened", StringComparison.Ordinal));
        var callsInOutage = Calls(host);
        host.Host.Faults.Settings = FaultSettings.None;
        while (host.Queue.Counts is not { IsIdle: true, Scheduled: 0 })
        {
            await PassTimeAsync(host, TimeSpan.FromMinutes(1));
        }

        Assert.Contains(host.Log.Lines, line => line.StartsWith("Information: Circuit closed", StringComparison.Ordinal));
        Assert.All(host.Simulator.Orders.Where(order => order.OrderId.StartsWith("20", StringComparison.Ordinal)), order => Assert.Equal(OrderStates.Cancelled, order.Status));
        Assert.Equal(default, host.DeadLetters.Counts);

        // The open circuit spared the provider most calls of the outage, and nobody stormed it afterwards: one call does for an order.
        Assert.InRange(Calls(host) - callsInOutage, count, 2 * count);
        Assert.InRange(callsInOutage, 20, count * 6);
    }

    [Fact]
    public async Task Can_rotate_the_pair_under_load()
    {
        await using var host = await RunningHost.StartAsync();
        for (var i = 0; i < 200; i++)
        {
            host.Simulator.Put($"{2000 + i}");
        }

        var half = host.Simulator.Order("2100").Hold(ProviderOperation.Cancel);
        var answers = Enumerable.Range(2000, 200).Select(orderId => host.CancelAsync($"{orderId}")).ToList();
        await half.Arrived.WaitAsync(RunningHost.Token);
        host.Host.Vault.Rotate(new ProviderCredentials("another_key", "another_secret"));
        half.Release();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(4, host.Host.Vault.Reads);
    }

    private static int Calls(RunningHost host) => host.Simulator.Orders.Sum(order => order.CancelCalls + order.GetCalls);

    private static async Task PassTimeAsync(RunningHost host, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            await host.Queue.WhenAsync(counts => counts.IsIdle, RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);
            host.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        await host.Queue.WhenAsync(counts => counts.IsIdle, RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);
    }
}
