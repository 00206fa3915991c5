using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// Unread messages do not fill the memory: only the latest are kept, while pending requests are never dropped.
/// </summary>
public sealed class KeptMessagesTests
{
    [Fact]
    public async Task Keeps_the_last_outcomes()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__KeptMessages", "3"));
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443", ("Idempotency-Key", id))).Status);
        }

        Assert.Equal(3, host.Host.Broker.Local.Counts.Ready);
        Assert.Equal(["3", "4", "5"], [await NextAsync(), await NextAsync(), await NextAsync()]);

        async Task<string?> NextAsync() => (await host.NextOutcomeAsync()).Text("requestId");
    }

    /// <summary>The Functions app records them, so that this host does not.</summary>
    [Fact]
    public async Task Drops_no_outcome_before_it_is_recorded()
    {
        await using var host = await RunningHost.StartAsync(
            ("LocalHost__KeptMessages", "3"),
            ("LocalHost__ForFunctionsApp", "true"),
            ("CancelRecordsSubscription", "audit")
        );
        Assert.Equal("audit", host.Host.FunctionsAppSettings!["CancelRecordsSubscription"]);
        Assert.True(host.Host.Broker.TryFind("cancel-results/subscriptions/audit", out var records));
        Assert.Same(host.Host.Broker.Records, records);
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            host.Host.Broker.Results.Publish(new BrokerMessage { MessageId = id });
        }

        Assert.Equal((5, 3), (records.Counts.Ready, host.Host.Broker.Local.Counts.Ready));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("LOCAL")]
    public async Task Cannot_record_from_the_subscription_of_the_developer(string name)
    {
        var refused = await Assert.ThrowsAsync<LocalHostException>(() =>
            RunningHost.StartAsync(("CancelRecordsSubscription", name))
        );
        Assert.Contains("CancelRecordsSubscription", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_the_last_dead_letters_of_the_queue()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__KeptMessages", "3"));
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            await host.PostAsync(
                "/cancel-requests/messages",
                "{}",
                ("BrokerProperties", $$"""{"MessageId":"{{id}}"}""")
            );
            await host.Queue.WhenAsync(counts => counts.IsIdle, RunningHost.Token);
        }

        Assert.Equal(3, host.DeadLetters.Counts.Ready);
        Assert.Equal(["3", "4", "5"], [await NextAsync(), await NextAsync(), await NextAsync()]);

        async Task<string> NextAsync() => (await host.NextDeadLetterAsync()).Message.MessageId;
    }

    [Fact]
    public async Task Keeps_the_last_dead_letters_of_the_subscription()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__KeptMessages", "3"));
        var local = host.Host.Broker.Local;
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            host.Host.Broker.Results.Publish(new BrokerMessage { MessageId = id });
            Assert.True(local.TryDeadLetter(local.TryReceive()!, "reason", null));
        }

        Assert.Equal(3, local.DeadLetters!.Counts.Ready);
        Assert.Equal("3", local.DeadLetters.TryReceive()!.Message.MessageId);
    }

    [Fact]
    public async Task Keeps_every_request_that_is_to_be_done()
    {
        await using var host = await RunningHost.StartAsync(
            ("LocalHost__KeptMessages", "1"),
            ("LocalHost__Receivers", "1")
        );
        var held = host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);
        for (var request = 0; request < 5; request++)
        {
            await host.PostAsync("/cancel-requests/messages", """{"orderId":"1443"}""");
            await host.PutAsync($"/api/orders/{request + 1}/timeout", """{"after":"PT5M"}""");
        }

        var counts = host.Queue.Counts;
        Assert.Equal((5, 5), (counts.Ready + counts.Locked, counts.Scheduled));
        held.Release();
    }
}
