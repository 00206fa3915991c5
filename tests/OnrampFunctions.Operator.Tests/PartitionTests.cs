using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Extensions.Time.Testing;
using Onramp.Cancellation.Outcomes;
using ServiceBusEmulator.Broker;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// Partitioned queues: sequence numbers are neither consecutive nor in the order of time, and pages end with their
/// partition.
/// </summary>
public sealed class PartitionTests
{
    private static readonly (string Name, string Value) Partitioned = ("LocalHost__Partitions", "16");

    [Fact]
    public async Task Watches_what_comes_from_an_instant_on_whatever_the_partition()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using var duty = await OperatorSession.StartAsync(clock, Partitioned);
        Publish(Enumerable.Range(100, 60));
        clock.Advance(TimeSpan.FromHours(2));
        duty.Clock.Advance(TimeSpan.FromHours(2));
        Publish(Enumerable.Range(200, 30));

        // The tool looks every half second.
        var (later, timers) = (300, new List<ITimer>());
        for (var second = 0.3; second < 1.4; second += 0.5)
        {
            timers.Add(
                duty.Clock.CreateTimer(
                    _ => Publish(Enumerable.Range(later++, 1)),
                    state: null,
                    TimeSpan.FromSeconds(second),
                    Timeout.InfiniteTimeSpan
                )
            );
        }

        var run = await duty.RunAsync(
            "outcomes",
            "watch",
            "--subscription",
            "local",
            "--since",
            "1h",
            "--for",
            "2s",
            "--json"
        );

        timers.ForEach(static timer => timer.Dispose());
        Assert.Equal("", run.Error);
        Assert.Equal(
            Enumerable.Range(200, 30).Concat(Enumerable.Range(300, 3)),
            run.Out.TrimEnd()
                .Split('\n')
                .Select(static line => int.Parse((string)JsonNode.Parse(line)!["order"]!, CultureInfo.InvariantCulture))
                .Order()
        );

        void Publish(IEnumerable<int> orders)
        {
            foreach (var order in orders)
            {
                duty.Host.Broker.Results.Publish(
                    new BrokerMessage
                    {
                        MessageId = $"event-{order}",
                        Properties =
                        [
                            new(OutcomeProperties.Outcome, "cancelled"),
                            new(OutcomeProperties.Trigger, "queue"),
                            new(OutcomeProperties.Subject, $"{order}"),
                        ],
                    }
                );
            }
        }
    }

    [Fact]
    public async Task Lists_the_oldest_dead_letters_first_and_takes_them_by_their_numbers()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using var duty = await OperatorSession.StartAsync(clock, Partitioned);
        string[] orders = [.. Enumerable.Range(1, 20).Select(static order => $"{order}")];
        foreach (var order in orders)
        {
            Kill(duty, order);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        duty.Clock.Advance(TimeSpan.FromMinutes(1));
        var listed = (await duty.RunAsync("dead-letters", "list", "--json")).Json["deadLetters"]!.AsArray();
        Assert.Equal(orders, listed.Select(static letter => (string?)letter!["orderId"]));
        var shown = (string[])[$"{listed[3]!["number"]}", $"{listed[12]!["number"]}"];

        Assert.Equal(0, (await duty.RunAsync(["dead-letters", "replay", .. shown, "--yes"])).ExitCode);
        Assert.Equal(0, (await duty.RunAsync("dead-letters", "remove", "--first", "5", "--yes")).ExitCode);

        Assert.Equal(
            ["""{"orderId":"13"}""", """{"orderId":"4"}"""],
            (await duty.LookAsync()).Select(static sent => sent.Body.ToString()).Order()
        );
        Assert.Equal(
            orders.Except(["1", "2", "3", "4", "5", "6", "13"]).Order(),
            (await duty.LookAsync(SubQueue.DeadLetter)).Select(static letter => letter.MessageId).Order()
        );
    }

    [Fact]
    public async Task Skips_dead_letters_that_the_client_cannot_decode_and_no_others()
    {
        await using var duty = await OperatorSession.StartAsync(Partitioned);
        string[] orders = [.. Enumerable.Range(1, 40).Select(static order => $"{order}")];
        foreach (var order in orders)
        {
            Kill(duty, order);
            Kill(duty, $"{order}-bad", new AmqpMap(new Dictionary<string, object> { ["a"] = 1 }));
        }

        var listed = (await duty.RunAsync("dead-letters", "list", "--json")).Json["deadLetters"]!.AsArray();

        Assert.Equal(orders.Order(), listed.Select(static letter => (string?)letter!["orderId"]).Order());
    }

    private static void Kill(OperatorSession duty, string id, object? value = null) =>
        (
            duty.Host.Broker.TryFind(OperatorSession.Parked, out var queue)
                ? queue.DeadLetters!
                : throw new InvalidOperationException()
        ).Send(
            new BrokerMessage
            {
                MessageId = id,
                ContentType = "application/json",
                Body = System.Text.Encoding.UTF8.GetBytes($$"""{"orderId":"{{id.Split('-')[0]}}"}"""),
                Properties =
                [
                    new("DeadLetterReason", "DeliveriesExhausted"),
                    .. value is null ? [] : (KeyValuePair<string, object?>[])[new("theirs", value)],
                ],
            }
        );
}
