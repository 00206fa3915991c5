using Microsoft.Azure.Amqp.Encoding;
using Onramp.Cancellation.Queue;
using ServiceBusEmulator.Broker;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// One dead letter cannot affect another: every command reports and skips dead letters that cannot be read or sent.
/// </summary>
public sealed class HostileDeadLetterTests
{
    private static readonly object Map = new AmqpMap(new Dictionary<string, object> { ["a"] = 1 });

    /// <summary>The client discards the whole page or batch that contains one of these.</summary>
    public static TheoryData<string, object> UndecodableValues =>
        new()
        {
            { "a map", Map },
            { "a described value", new DescribedType(5UL, 1) },
            { "a URI that is none", new DescribedType((AmqpSymbol)"com.microsoft:uri", "http://[") },
            { "a time before all times", new DescribedType((AmqpSymbol)"com.microsoft:datetime-offset", -1L) },
        };

    [Theory]
    [MemberData(nameof(UndecodableValues), DisableDiscoveryEnumeration = true)]
    public async Task Every_command_skips_dead_letters_that_the_client_cannot_decode(string name, object value)
    {
        await using var duty = await OperatorSession.StartAsync();
        for (var letter = 0; letter < 12; letter++)
        {
            // The first, the last, two consecutive ones.
            if (letter is 0 or 5 or 6 or 11)
            {
                Kill(duty, $"hostile-{letter}", value);
            }
            else
            {
                Kill(duty, $"message-{letter}");
            }
        }

        foreach (
            var command in (string[])
                ["dead-letters list", "dead-letters remove --dry-run", "status", "dead-letters replay --yes"]
        )
        {
            var run = await duty.RunAsync(command.Split(' '));
            Assert.True(run.ExitCode == 0, $"{name}: {run.Error}");
            Assert.Contains("Skipped unreadable messages, number 1, 6 to 7, 12:", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(3, (await duty.RunAsync("dead-letters", "show", "1")).ExitCode);
        Assert.Equal(8, (await duty.LookAsync()).Count);
        Assert.Equal(4, Dead(duty).Counts.Ready + Dead(duty).Counts.Locked);
    }

    /// <summary>[azure-service-bus-dotnet#483]: can be received but not sent.</summary>
    [Fact]
    public async Task Replaying_leaves_what_no_queue_takes_again_and_says_which()
    {
        await using var duty = await OperatorSession.StartAsync();
        Kill(duty, "message-1");
        Kill(duty, "list", new List<object> { "a", 1 });
        Kill(duty, "message-2");
        Kill(duty, "array", (string[])["a"]);
        Kill(duty, "message-3");

        var run = await duty.RunAsync("dead-letters", "replay", "--yes", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2 cannot be sent again, number 2, 4:", run.Error, StringComparison.Ordinal);
        Assert.Equal((5, 3, 0), ((int)run.Json["matched"]!, (int)run.Json["done"]!, (int)run.Json["left"]!));
        Assert.Equal([2, 4], run.Json["refused"]!.AsArray().Select(static number => (int)number!));
        var left = await duty.LookAsync(SubQueue.DeadLetter);
        Assert.Equal(["list", "array"], left.Select(static message => message.MessageId));
        Assert.Equal(3, (await duty.LookAsync()).Count);

        var shown = await duty.RunAsync("dead-letters", "show", "2");
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("(not a simple value)", shown.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await duty.RunAsync("dead-letters", "remove", "2", "4", "--yes")).ExitCode);
        Assert.Empty(await duty.LookAsync(SubQueue.DeadLetter));
    }

    [Fact]
    public async Task Replaying_skips_a_message_that_has_become_too_large()
    {
        await using var duty = await OperatorSession.StartAsync();
        Kill(duty, "message-1");
        Dead(duty).Send(Letter("large") with { Body = new byte[(256 * 1024) - 20] });
        Kill(duty, "message-2");

        var run = await duty.RunAsync("dead-letters", "replay", "--yes");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 cannot be sent again, number 2:", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await duty.LookAsync()).Count);
    }

    /// <summary>A copy has the remaining time to live, and the sender's original one in a property.</summary>
    [Theory]
    [InlineData(null, 60)]
    [InlineData(7_200_000L, 7200)]
    [InlineData(0L, 60)]
    [InlineData(long.MaxValue, 60)]
    [InlineData("an hour", 60)]
    public async Task A_replay_has_what_the_sender_set(object? property, int seconds)
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            "",
            new ServiceBusMessage("""{"orderId":"1443"}""")
            {
                MessageId = "a",
                To = "cancel",
                ReplyTo = "answers",
                ReplyToSessionId = "answers-1",
                SessionId = "session-1",
                Subject = "subject-1",
                CorrelationId = "correlation-1",
                TimeToLive = TimeSpan.FromMinutes(1),
                ApplicationProperties = { [MessageProperties.TimeToLive] = property },
            }
        );

        Assert.Equal(0, (await duty.RunAsync("dead-letters", "replay", "--yes")).ExitCode);

        var back = Assert.Single(await duty.LookAsync());
        Assert.Equal(
            (
                "cancel",
                "answers",
                "answers-1",
                "session-1",
                "subject-1",
                "correlation-1",
                TimeSpan.FromSeconds(seconds)
            ),
            (
                back.To,
                back.ReplyTo,
                back.ReplyToSessionId,
                back.SessionId,
                back.Subject,
                back.CorrelationId,
                back.TimeToLive
            )
        );
    }

    private static MessageQueue Dead(OperatorSession duty) =>
        duty.Host.Broker.TryFind(OperatorSession.Parked, out var queue)
            ? queue.DeadLetters!
            : throw new InvalidOperationException();

    /// <summary>Adds a dead letter directly, without the broker's validation.</summary>
    private static void Kill(OperatorSession duty, string id, object? value = null)
    {
        var letter = Letter(id);
        Dead(duty)
            .Send(value is null ? letter : letter with { Properties = [.. letter.Properties, new("theirs", value)] });
    }

    private static BrokerMessage Letter(string id) =>
        new()
        {
            MessageId = id,
            ContentType = "application/json",
            Body = """{"orderId":"1443"}"""u8.ToArray(),
            Properties = [new("DeadLetterReason", "DeliveriesExhausted")],
        };
}
