using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.ServiceBus;
using OnrampFunctions.LocalHost.Faults;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Stopping a replay at any time loses nothing, and running it again duplicates nothing.</summary>
public sealed class InterruptionTests
{
    private const int Letters = 400;

    [Fact]
    public async Task Hundreds_of_dead_letters_are_each_done_once_though_the_replay_is_killed_twice()
    {
        // End to end: an outage creates dead letters, and the service handles the replayed messages.
        await using var duty = await OperatorSession.StartAsync(
            ("Queue__RetryDelays__0", "00:00:00.01"),
            ("Queue__GiveUpAfter", "00:00:00.01"),
            ("Onramp__MaxRetries", "0"),
            ("Onramp__CircuitBreakDuration", "00:00:00.5"),
            ("LocalHost__LockDuration", "00:00:02"),
            ("LocalHost__KeptMessages", "4000")
        );
        var host = duty.Host;
        var (queue, dead) = (host.Broker.Requests, host.Broker.Requests.DeadLetters!);
        host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
        };
        var orders = Enumerable.Range(100_000, Letters).Select(static number => $"{number}").ToList();
        orders.ForEach(order => host.Simulator.Put(order, LocalHost.Simulator.OrderStates.Waiting));
        await using (var sender = duty.Client.CreateSender(queue.Name))
        {
            foreach (var page in orders.Chunk(500))
            {
                await sender.SendMessagesAsync(
                    page.Select(static order => OperatorSession.Cancel(order)),
                    OperatorSession.Token
                );
            }
        }

        await dead.WhenAsync(static counts => counts.Ready == Letters, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        host.Faults.Settings = new FaultSettings();
        await CircuitClosesAsync(host);
        ConcurrentDictionary<string, int> putBack = [];
        // Messages that the service schedules itself have a delivery number.
        queue.Accepted += message =>
            _ = message.Property(MessageProperties.Delivery) is not null
                ? 0
                : putBack.AddOrUpdate(
                    $"{message.Property(MessageProperties.RequestId)}",
                    1,
                    static (_, count) => count + 1
                );

        foreach (var left in (int[])[300, 150])
        {
            using var killed = ToolProcess.Start(
                duty.ConnectionString,
                "dead-letters",
                "replay",
                "--yes",
                "--rate",
                "100"
            );
            await dead.WhenAsync(counts => counts.Ready + counts.Locked < left, OperatorSession.Token)
                .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
            await killed.KillAsync();
            Assert.InRange(dead.Counts.Ready + dead.Counts.Locked, 1, left);
        }

        using var last = ToolProcess.Start(
            duty.ConnectionString,
            "dead-letters",
            "replay",
            "--yes",
            "--rate",
            "10000",
            "--json"
        );
        var run = await last.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((0, 0), ((int)run.Json["left"]!, (int)run.Json["gone"]!));
        Assert.Equal((0, 0), (dead.Counts.Ready, dead.Counts.Locked));
        await queue
            .WhenAsync(static counts => counts is { IsIdle: true, Scheduled: 0 }, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        Assert.Equal((0, 0), (dead.Counts.Ready, dead.Counts.Locked));
        Assert.Equal(orders.Select(static order => $"message-{order}").Order(), putBack.Keys.Order());
        Assert.All(putBack, static pair => Assert.True(pair.Value == 1, $"{pair.Key} was put back {pair.Value} times"));
        var outcomes = (await OutcomesAsync(duty))
            .Where(static outcome => outcome is { Kind: "cancelled", Order: not "1443" })
            .Select(static outcome => outcome.Order)
            .ToList();
        Assert.Equal(orders, outcomes.Order());
    }

    /// <summary>
    /// The only moment at which a message is in both places: it is sent, and its dead letter is not yet completed.
    /// </summary>
    [Fact]
    public async Task What_was_sent_before_a_kill_is_not_sent_again()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            "",
            OperatorSession.Cancel("1"),
            OperatorSession.Cancel("2"),
            OperatorSession.Cancel("3")
        );
        await using (var sender = duty.Client.CreateSender(OperatorSession.Parked))
        {
            Assert.True((await duty.LookAsync(SubQueue.DeadLetter))[1].TryToReplay(out var replay));
            await sender.SendMessageAsync(replay, OperatorSession.Token);
        }

        var run = await duty.RunAsync("dead-letters", "replay", "--yes");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(await duty.LookAsync(SubQueue.DeadLetter));
        Assert.Equal(["1", "2", "3"], (await duty.LookAsync()).Select(Order).Order());
    }

    /// <summary>
    /// The queue drops duplicates within its window. A message that was dead-lettered within minutes would be dropped
    /// under its own id, and its dead letter would then be completed.
    /// </summary>
    [Fact]
    public async Task A_dead_letter_is_replayed_within_the_duplicate_window_and_a_second_time()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("MaxDeliveryCountExceeded", "", OperatorSession.Cancel("1"));
        await duty.RunAsync("dead-letters", "replay", "--yes");
        await using (var receiver = duty.Client.CreateReceiver(OperatorSession.Parked))
        {
            await receiver.DeadLetterMessageAsync(
                await receiver.ReceiveMessageAsync(OperatorSession.Patience, OperatorSession.Token),
                "MaxDeliveryCountExceeded",
                cancellationToken: OperatorSession.Token
            );
        }

        await duty.RunAsync("dead-letters", "replay", "--yes");

        Assert.Empty(await duty.LookAsync(SubQueue.DeadLetter));
        Assert.Equal("1", Order(Assert.Single(await duty.LookAsync())));
    }

    [Fact]
    public async Task Messages_that_an_interrupted_run_has_locked_are_waited_for()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("DeliveriesExhausted", "", OperatorSession.Cancel("1"), OperatorSession.Cancel("2"));
        await using var other = duty.Client.CreateReceiver(
            OperatorSession.Parked,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        var held = await other.ReceiveMessageAsync(OperatorSession.Patience, OperatorSession.Token);

        var run = duty.RunAsync("dead-letters", "replay", "--yes");
        Assert.True(duty.Host.Broker.TryFind(OperatorSession.Parked, out var parked));
        await parked
            .WhenAsync(static counts => counts.Ready == 1, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        await other.AbandonMessageAsync(held, cancellationToken: OperatorSession.Token);

        Assert.Equal(0, (await run).ExitCode);
        Assert.InRange((await run).Error.Split("1 left: locked by an interrupted run").Length - 1, 0, 1);
        Assert.Equal(2, (await duty.LookAsync()).Count);
    }

    /// <summary>
    /// How long the tool has waited, in milliseconds, and the exit code. Service Bus locks for five minutes at most.
    /// </summary>
    [Theory]
    [InlineData(330_000, 0)]
    [InlineData(330_001, 1)]
    public async Task Waits_five_and_a_half_minutes_for_a_message_that_another_receiver_has_locked(
        int milliseconds,
        int exitCode
    )
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("DeliveriesExhausted", "", OperatorSession.Cancel("1"));
        await using var other = duty.Client.CreateReceiver(
            OperatorSession.Parked,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        var held = await other.ReceiveMessageAsync(OperatorSession.Patience, OperatorSession.Token);
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        duty.Heard = text =>
        {
            if (text.Contains("1 left: locked", StringComparison.Ordinal))
            {
                duty.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                waits.TrySetResult();
            }
        };

        var run = duty.RunAsync("dead-letters", "replay", "--yes");
        await waits.Task.WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        await other.AbandonMessageAsync(held, cancellationToken: OperatorSession.Token);

        Assert.Equal(exitCode, (await run).ExitCode);
        Assert.Equal(
            exitCode == 1,
            (await run).Error.Contains(
                "Another receiver of the dead-letter queue has locked 1 dead letter.",
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_rest_for_the_same_command()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            "",
            [.. Enumerable.Range(1, 30).Select(static order => OperatorSession.Cancel($"{order}"))]
        );
        using CancellationTokenSource interrupted = new();
        Assert.True(duty.Host.Broker.TryFind(OperatorSession.Parked, out var parked));
        parked.Accepted += _ => interrupted.Cancel();

        var run = await duty.RunAsync(interrupted, "dead-letters", "replay", "--yes", "--rate", "10", "--json");

        Assert.True(run.ExitCode == 130, run.Error);
        Assert.Contains("10 done, 20 left; run the command again", run.Error, StringComparison.Ordinal);
        Assert.Equal((10, 20), ((int)run.Json["done"]!, (int)run.Json["left"]!));
        Assert.Equal((10, 20), ((await duty.LookAsync()).Count, (await duty.LookAsync(SubQueue.DeadLetter)).Count));
        Assert.Equal(0, (await duty.RunAsync("dead-letters", "replay", "--yes")).ExitCode);
        Assert.Equal(30, (await duty.LookAsync()).Select(Order).Distinct().Count());
    }

    private static string Order(ServiceBusReceivedMessage message)
    {
        using var body = JsonDocument.Parse(message.Body);
        return body.RootElement.GetProperty("orderId").GetString()!;
    }

    private static async Task CircuitClosesAsync(LocalApp host)
    {
        using HttpClient client = new() { BaseAddress = host.BaseAddress };
        while (true)
        {
            using StringContent cancel = new("""{"orderId":"1443"}""", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("api/orders/cancel", cancel, OperatorSession.Token);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }
        }
    }

    private static async Task<List<(string Kind, string Order)>> OutcomesAsync(OperatorSession duty)
    {
        await using var receiver = duty.Client.CreateReceiver("cancel-results", "local");
        List<(string, string)> seen = [];
        long next = 0;
        while (await receiver.PeekMessagesAsync(250, next, OperatorSession.Token) is { Count: > 0 } page)
        {
            seen.AddRange(
                page.Select(static message =>
                    (
                        (string)message.ApplicationProperties["outcome"],
                        (string)message.ApplicationProperties["cloudEvents_subject"]
                    )
                )
            );
            next = page[^1].SequenceNumber + 1;
        }

        return seen;
    }
}
