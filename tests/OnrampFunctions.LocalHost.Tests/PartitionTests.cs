using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The service and the page with a partitioned queue.</summary>
public sealed class PartitionTests
{
    private const int Orders = 20;

    [Fact]
    public async Task A_disarmed_or_moved_timeout_leaves_no_alarm_on_the_queue()
    {
        await using var host = await StartAsync();
        var timeouts = Enumerable.Range(7000, Orders).Select(static order => $"/api/orders/{order}/timeout").ToList();
        foreach (var timeout in timeouts)
        {
            Assert.Equal(HttpStatusCode.Created, (await host.PutAsync(timeout, """{"after":"PT15M"}""")).Status);
            Assert.Equal(HttpStatusCode.OK, (await host.PutAsync(timeout, """{"after":"PT20M"}""")).Status);
        }

        Assert.Equal(Orders, host.Queue.Counts.Scheduled);
        Assert.InRange(PartitionsOf(host.Queue), 2, Orders);
        foreach (var timeout in timeouts)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(timeout)).Status);
        }

        Assert.Equal(0, host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task The_page_shows_and_replays_dead_letters_of_every_partition()
    {
        await using var host = await StartAsync();
        for (var message = 0; message < Orders; message++)
        {
            host.Enqueue("""{"order":"1443"}""", $"message-{message}");
        }

        await AllDeadAsync();
        Assert.InRange(PartitionsOf(host.DeadLetters), 2, Orders);
        foreach (var entry in host.DeadLetters.Peek(0, Orders))
        {
            Assert.Equal(
                HttpStatusCode.NoContent,
                (await host.PostAsync($"/simulator/dead-letters/{entry.SequenceNumber}/replay", "")).Status
            );
        }

        await AllDeadAsync();
        foreach (var entry in host.DeadLetters.Peek(0, Orders))
        {
            Assert.Equal(
                HttpStatusCode.NoContent,
                (await host.DeleteAsync($"/simulator/dead-letters/{entry.SequenceNumber}")).Status
            );
        }

        Assert.Equal(0, host.DeadLetters.Counts.Ready);

        Task AllDeadAsync() =>
            host
                .DeadLetters.WhenAsync(static counts => counts.Ready == Orders, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
    }

    private static Task<RunningHost> StartAsync() => RunningHost.StartAsync(("LocalHost__Partitions", "16"));

    private static int PartitionsOf(MessageQueue queue) =>
        queue.Peek(0, Orders).Select(static entry => entry.SequenceNumber >> 48).Distinct().Count();
}
