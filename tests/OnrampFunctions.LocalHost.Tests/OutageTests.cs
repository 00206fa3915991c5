using System.Collections.Frozen;
using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Temporary outages: requests during an outage are completed afterwards.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Does_everything_after_ten_minutes_without_the_provider()
    {
        const int count = 40;
        await using var host = await StartAsync(count);
        host.Host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
        };
        var outageEnds = host.Clock.GetUtcNow().AddMinutes(10);
        await SendAsync(host, count);
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

        Assert.Contains(
            host.Log.Lines,
            line => line.StartsWith("Information: Circuit closed", StringComparison.Ordinal)
        );
        Assert.All(
            host.Simulator.Orders.Where(order => order.OrderId.StartsWith("20", StringComparison.Ordinal)),
            order => Assert.Equal(OrderStates.Cancelled, order.Status)
        );
        Assert.Equal(default, host.DeadLetters.Counts);

        // The open circuit prevented most calls during the outage and a storm of calls afterwards: one call per order
        // is enough.
        Assert.InRange(Calls(host) - callsInOutage, count, 2 * count);
        Assert.InRange(callsInOutage, 20, count * 6);
    }

    [Theory]
    [InlineData(BrokerState.Ok, BrokerState.Refuse)]
    [InlineData(BrokerState.Ok, BrokerState.Hang)]
    [InlineData(BrokerState.Refuse, BrokerState.Refuse)]
    [InlineData(BrokerState.Refuse, BrokerState.Hang)]
    [InlineData(BrokerState.Hang, BrokerState.Hang)]
    public async Task Publishes_an_outcome_after_ten_minutes_without_the_broker(BrokerState queue, BrokerState topic)
    {
        await using var host = await RunningHost.StartAsync();
        var outage = Begin(host, new FaultSettings { Queue = queue, Topic = topic });

        host.Enqueue("""{"orderId":"1443"}""");
        await PassAsync(host, outage);

        Assert.InRange(Met(host, "topic"), 4, 100);
        Assert.Equal(default, host.DeadLetters.Counts);
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
        await host.AssertNoMoreOutcomesAsync();

        // Known states are not queried again.
        Assert.Equal((1, 0), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
    }

    [Theory]
    [InlineData(BrokerState.Refuse)]
    [InlineData(BrokerState.Hang)]
    public async Task Cancels_an_order_after_ten_minutes_without_provider_and_queue(BrokerState queue)
    {
        await using var host = await RunningHost.StartAsync();
        var outage = Begin(
            host,
            new FaultSettings
            {
                Queue = queue,
                Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
            }
        );

        host.Enqueue("""{"orderId":"1443"}""");
        await PassAsync(host, outage);

        Assert.InRange(Met(host, "queue"), 4, 100);
        Assert.Equal(default, host.DeadLetters.Counts);
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Answers_in_time_while_the_broker_does_not()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Faults.Settings = new FaultSettings { Queue = BrokerState.Hang, Topic = BrokerState.Hang };

        var arming = host.PutAsync("/api/orders/1443/timeout", """{"after":"PT30M"}""");
        Assert.Equal("queue-unavailable", (await AfterLimitAsync(arming, "queue-hang", 1)).Problem);
        var deferring = host.CancelAsync("1443", ("Prefer", "respond-async"));
        Assert.Equal("queue-unavailable", (await AfterLimitAsync(deferring, "queue-hang", 2)).Problem);
        Assert.Equal(
            "outcome-not-published",
            (await AfterLimitAsync(host.CancelAsync("1443"), "topic-hang", 1)).Problem
        );

        async Task<Answer> AfterLimitAsync(Task<Answer> asking, string met, int times)
        {
            await UntilAsync(() => host.Host.Faults.Injected.GetValueOrDefault(met) == times);
            host.Clock.Advance(TimeSpan.FromSeconds(5));
            return await asking;
        }
    }

    [Fact]
    public async Task Can_rotate_the_pair_under_load()
    {
        await using var host = await StartAsync(orders: 200);
        var half = host.Simulator.Order("2100").Hold(ProviderOperation.Cancel);
        var answers = Enumerable.Range(2000, 200).Select(orderId => host.CancelAsync($"{orderId}")).ToList();
        await half.Arrived.WaitAsync(RunningHost.Token);
        host.Host.Vault.Rotate(new ProviderCredentials("another_key", "another_secret"));
        half.Release();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));

        // Two at start, two for the new pair, two to check whether the old one is still valid, and more after another
        // concurrent refusal.
        Assert.InRange(host.Host.Vault.Reads, 6, 12);
    }

    private static async Task<RunningHost> StartAsync(int orders)
    {
        // One message after another, so that the delays of one do not use up the time limit of another.
        var host = await RunningHost.StartAsync(("LocalHost__Receivers", "1"));
        for (var i = 0; i < orders; i++)
        {
            host.Simulator.Put($"{2000 + i}");
        }

        return host;
    }

    private static async Task SendAsync(RunningHost host, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await host.PostAsync("/cancel-requests/messages", $$"""{"orderId":"{{2000 + i}}"}""");
        }
    }

    /// <summary>Starts an outage that ends at a certain time of the clock.</summary>
    private static Task Begin(RunningHost host, FaultSettings faults)
    {
        TaskCompletionSource ended = new();
        host.Host.Faults.Settings = faults;
        host.Clock.CreateTimer(
            _ =>
            {
                host.Host.Faults.Settings = FaultSettings.None;
                ended.SetResult();
            },
            null,
            TimeSpan.FromMinutes(10),
            Timeout.InfiniteTimeSpan
        );
        return ended.Task;
    }

    /// <summary>
    /// Advances the time whenever nothing else happens, until the outage is over and all work is done.
    /// </summary>
    private static Task PassAsync(RunningHost host, Task outage)
    {
        long met = 0;
        return UntilAsync(() =>
        {
            if (Met(host, "") is var now && now > met)
            {
                // Calls without a response time out by the clock only.
                met = now;
                host.Clock.Advance(TimeSpan.FromSeconds(5));
            }
            else if (host.Queue.Counts is { IsIdle: true, Scheduled: > 0 })
            {
                host.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            return outage.IsCompleted && host.Queue.Counts is { IsIdle: true, Scheduled: 0 };
        });
    }

    private static long Met(RunningHost host, string part) =>
        host
            .Host.Faults.Injected.Where(met => met.Key.StartsWith(part, StringComparison.Ordinal))
            .Sum(met => met.Value);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(RunningHost.Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static int Calls(RunningHost host) =>
        host.Simulator.Orders.Sum(order => order.CancelCalls + order.GetCalls);

    private static async Task PassTimeAsync(RunningHost host, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            await host
                .Queue.WhenAsync(counts => counts.IsIdle, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            host.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        await host
            .Queue.WhenAsync(counts => counts.IsIdle, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
    }
}
