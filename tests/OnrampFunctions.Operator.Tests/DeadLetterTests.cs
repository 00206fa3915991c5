using System.Text;
using Azure.Core.Amqp;
using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Selecting dead letters, and what happens to them.</summary>
public sealed class DeadLetterTests
{
    [Theory]
    [InlineData("--reason DeliveriesExhausted", "1 2 3")]
    [InlineData("--reason deliveriesexhausted --order 2", "2")]
    [InlineData("--reason DeliveriesExhausted --reason TTLExpiredException", "1 2 3 4 hash")]
    [InlineData("--caller shop", "3")]
    [InlineData("--order 9f86d081884c7d65", "hash")]
    [InlineData("--older-than 1h", "1 2 3 4 hash broken")]
    [InlineData("--newer-than 3h", "1 2 3 4 hash broken")]
    [InlineData("--older-than 3h", "")]
    [InlineData("--newer-than 1h", "")]
    [InlineData("--order 5", "")]
    [InlineData("--caller shop --order 2", "")]
    [InlineData("--reason No", "")]
    public async Task Lists_those_that_every_filter_means_and_takes_none(string filters, string found)
    {
        await using var duty = await MixedAsync();
        duty.Clock.Advance(TimeSpan.FromHours(2));

        var run = await duty.RunAsync(["dead-letters", "list", "--json", .. filters.Split(' ')]);

        Assert.Equal(
            found,
            string.Join(' ', run.Json["deadLetters"]!.AsArray().Select(static letter => (string)letter!["requestId"]!))
        );
        Assert.Equal(found.Length == 0 ? 3 : 0, run.ExitCode);
        Assert.Equal(6, (await duty.LookAsync(SubQueue.DeadLetter)).Count);
    }

    [Theory]
    [InlineData("replay", "--dry-run")]
    [InlineData("remove", "--dry-run")]
    [InlineData("replay", "--dry-run --yes --json")]
    [InlineData("remove", "--dry-run --yes --json")]
    public async Task A_dry_run_changes_nothing(string command, string options)
    {
        await using var duty = await MixedAsync();
        var before = await duty.LookAsync(SubQueue.DeadLetter);

        var run = await duty.RunAsync(["dead-letters", command, .. options.Split(' ')]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Dry run: nothing was done.", run.Error, StringComparison.Ordinal);
        Assert.Equal(before.Select(Identity), (await duty.LookAsync(SubQueue.DeadLetter)).Select(Identity));
        Assert.Empty(await duty.LookAsync());

        static (long, int) Identity(ServiceBusReceivedMessage message) =>
            (message.SequenceNumber, message.DeliveryCount);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("remove")]
    public async Task Asks_first_and_does_nothing_without_a_yes(string command)
    {
        await using var duty = await MixedAsync();
        var nobody = await duty.RunAsync("dead-letters", command, "--caller", "shop");
        Assert.Equal(2, nobody.ExitCode);
        Assert.Contains("--yes", nobody.Sentence, StringComparison.Ordinal);

        List<string> asked = [];
        duty.Ask = question =>
        {
            asked.Add(question);
            return asked.Count == 2;
        };
        var refused = await duty.RunAsync("dead-letters", command, "--caller", "shop");
        Assert.Equal((2, "Not confirmed; nothing was done."), (refused.ExitCode, refused.Sentence));
        Assert.Equal(6, (await duty.LookAsync(SubQueue.DeadLetter)).Count);

        Assert.Equal(0, (await duty.RunAsync("dead-letters", command, "--caller", "shop")).ExitCode);
        Assert.Equal(5, (await duty.LookAsync(SubQueue.DeadLetter)).Count);
        Assert.All(
            asked,
            static question =>
                Assert.Contains(
                    "1 dead letter of parked in localhost (1 DeliveriesExhausted)?",
                    question,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public async Task Removes_the_selected_dead_letters_and_abandons_the_rest()
    {
        await using var duty = await MixedAsync();
        var before = await duty.LookAsync(SubQueue.DeadLetter);

        var run = await duty.RunAsync(
            "dead-letters",
            "remove",
            "--reason",
            DeadLetterReasons.InvalidMessage,
            "--yes",
            "--json"
        );

        Assert.Equal((0, 1, 1), (run.ExitCode, (int)run.Json["matched"]!, (int)run.Json["done"]!));

        // An abandoned delivery counts. The local host also releases the messages of a closed receiver, without counting
        // the delivery; Service Bus keeps them locked.
        Assert.Equal(
            before.SkipLast(1).Select(static message => (message.MessageId, message.DeliveryCount + 1)),
            (await duty.LookAsync(SubQueue.DeadLetter)).Select(static message =>
                (message.MessageId, message.DeliveryCount)
            )
        );
        Assert.Empty(await duty.LookAsync());
        await using var receiver = duty.Client.CreateReceiver(
            OperatorSession.Parked,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        Assert.Equal(
            "1",
            (await receiver.ReceiveMessageAsync(OperatorSession.Patience, OperatorSession.Token)).MessageId
        );
    }

    [Fact]
    public async Task Leaves_what_would_come_back_unless_it_is_named()
    {
        await using var duty = await MixedAsync();

        var all = await duty.RunAsync("dead-letters", "replay", "--yes");
        Assert.Equal(0, all.ExitCode);
        Assert.Contains("1 InvalidMessage skipped", all.Error, StringComparison.Ordinal);
        Assert.Equal("broken", Assert.Single(await duty.LookAsync(SubQueue.DeadLetter)).MessageId);

        var none = await duty.RunAsync("dead-letters", "replay", "--yes");
        Assert.Equal(
            (3, "There are no other dead letters in parked."),
            (none.ExitCode, none.Error.TrimEnd().Split('\n')[^1])
        );

        Assert.Equal(
            0,
            (await duty.RunAsync("dead-letters", "replay", "--yes", "--reason", "InvalidMessage")).ExitCode
        );
        Assert.Empty(await duty.LookAsync(SubQueue.DeadLetter));
        Assert.Equal(6, (await duty.LookAsync()).Count);
        Assert.Equal(3, (await duty.RunAsync("dead-letters", "replay", "--yes")).ExitCode);
    }

    [Fact]
    public async Task Puts_back_a_single_one_by_its_number()
    {
        await using var duty = await MixedAsync();
        var number = (await duty.LookAsync(SubQueue.DeadLetter))[1].SequenceNumber;

        Assert.Equal(0, (await duty.RunAsync("dead-letters", "replay", $"{number}", "--yes")).ExitCode);

        Assert.Contains("\"2\"", Assert.Single(await duty.LookAsync()).Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, (await duty.RunAsync("dead-letters", "show", $"{number}")).ExitCode);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("remove")]
    public async Task Takes_only_the_first_of_those_that_match_the_oldest_ones(string command)
    {
        await using var duty = await MixedAsync();
        string[] first =
        [
            "dead-letters",
            command,
            "--reason",
            "DeliveriesExhausted",
            "--reason",
            "TTLExpiredException",
            "--first",
            "4",
        ];

        var dry = await duty.RunAsync([.. first, "--dry-run"]);
        Assert.Contains("the oldest 4 of 5 dead letters of parked", dry.Sentence, StringComparison.Ordinal);
        Assert.Equal(2, (await duty.RunAsync([.. first, "--first", "0", "--yes"])).ExitCode);

        var run = await duty.RunAsync([.. first, "--yes", "--json"]);

        Assert.Equal((0, 4), (run.ExitCode, (int)run.Json["done"]!));
        Assert.Equal(
            ["hash", "broken"],
            (await duty.LookAsync(SubQueue.DeadLetter)).Select(static message => message.MessageId)
        );
        Assert.Equal(command == "replay" ? 4 : 0, (await duty.LookAsync()).Count);
        Assert.Equal(1, (int)(await duty.RunAsync([.. first, "--yes", "--json"])).Json["done"]!);
    }

    [Fact]
    public async Task Keeps_to_the_rate()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            "",
            [.. Enumerable.Range(1, 10).Select(static order => OperatorSession.Cancel($"{order}"))]
        );
        var start = duty.Clock.GetUtcNow();

        Assert.Equal(0, (await duty.RunAsync("dead-letters", "replay", "--yes", "--rate", "2")).ExitCode);

        // Two immediately, and then two per second.
        Assert.InRange(duty.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
        Assert.Equal(10, (await duty.LookAsync()).Count);
    }

    [Fact]
    public async Task A_replay_is_the_same_request_from_the_beginning()
    {
        await using var duty = await OperatorSession.StartAsync();
        ServiceBusMessage message = new("""{"orderId":"1443","after":"PT1H"}""")
        {
            MessageId = "a",
            CorrelationId = "b",
            Subject = "c",
            ContentType = "application/json",
            To = "d",
            ReplyTo = "e",
            TimeToLive = TimeSpan.FromDays(2),
            ApplicationProperties =
            {
                ["theirs"] = 7,
                [MessageProperties.Caller] = "shop",
                [MessageProperties.RequestId] = "a",
                [MessageProperties.IdentityMac] = "x",
                [MessageProperties.Delivery] = 6,
                [MessageProperties.Attempts] = 18,
                [MessageProperties.Line] = "12",
                [MessageProperties.Outcome] = "{}",
                [MessageProperties.HistoryMac] = "",
                [MessageProperties.Publications] = 3,
            },
        };
        await duty.KillAsync("MaxDeliveryCountExceeded", "why", message);

        await duty.RunAsync("dead-letters", "replay", "--yes");

        var back = Assert.Single(await duty.LookAsync());
        Assert.Equal(
            ("b", "c", "application/json", "d", "e", TimeSpan.FromDays(2), message.Body.ToString()),
            (
                back.CorrelationId,
                back.Subject,
                back.ContentType,
                back.To,
                back.ReplyTo,
                back.TimeToLive,
                back.Body.ToString()
            )
        );
        Assert.Equal(
            [MessageProperties.Caller, MessageProperties.IdentityMac, MessageProperties.RequestId, "theirs"],
            back.ApplicationProperties.Keys.Order(StringComparer.Ordinal)
        );
        Assert.NotEqual("a", back.MessageId);
    }

    [Fact]
    public async Task An_event_and_a_request_with_an_id_of_its_own_keep_them()
    {
        await using var duty = await OperatorSession.StartAsync();
        var body = """{"orderId":"1443"}"""u8.ToArray();
        ServiceBusMessage binary = new(body)
        {
            MessageId = "1",
            ApplicationProperties =
            {
                ["cloudEvents_specversion"] = "1.0",
                ["cloudEvents_id"] = "17",
                ["cloudEvents_source"] = "/crm",
                ["cloudEvents_type"] = "stale",
            },
        };
        ServiceBusMessage named = new(body)
        {
            MessageId = "2",
            ApplicationProperties = { [MessageProperties.RequestId] = "key", [MessageProperties.IdentityMac] = "x" },
        };
        await duty.KillAsync("DeliveriesExhausted", "", binary, named);
        Assert.Equal(["17", "key"], await RequestIdsAsync(SubQueue.DeadLetter));

        await duty.RunAsync("dead-letters", "replay", "--yes");

        Assert.Equal(["17", "key"], await RequestIdsAsync(SubQueue.None));

        async Task<IEnumerable<string>> RequestIdsAsync(SubQueue subQueue) =>
            (await duty.LookAsync(subQueue)).Select(static message =>
                DeadLetterReplay.RequestId(Onramp.Cancellation.ServiceBus.MessageTranslation.ToInbound(message))
            );
    }

    [Fact]
    public async Task A_message_without_an_id_or_body_is_replayed_too()
    {
        await using var duty = await OperatorSession.StartAsync();
        ServiceBusMessage value = new() { MessageId = "value" };
        value.GetRawAmqpMessage().Body = AmqpMessageBody.FromValue("text");
        await duty.KillAsync("DeliveriesExhausted", "", new ServiceBusMessage("""{"orderId":"1443"}"""), value);
        var dead = await duty.LookAsync(SubQueue.DeadLetter);

        Assert.Equal(0, (await duty.RunAsync("dead-letters", "show", $"{dead[1].SequenceNumber}")).ExitCode);
        Assert.Equal(0, (await duty.RunAsync("dead-letters", "replay", "--yes")).ExitCode);

        var back = await duty.LookAsync();
        Assert.NotEqual(dead[0].MessageId, back[0].MessageId);
        Assert.True(back[1].GetRawAmqpMessage().Body.TryGetValue(out var text));
        Assert.Equal("text", text);
    }

    [Fact]
    public async Task Shows_everything_but_what_proves_something()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            "unavailable after 6 deliveries",
            new ServiceBusMessage("""{"orderId":"1443"}""")
            {
                MessageId = "a",
                ApplicationProperties =
                {
                    [MessageProperties.IdentityMac] = "secret-identity",
                    [MessageProperties.HistoryMac] = "secret-history",
                    ["theirs"] = 7,
                },
            }
        );
        var number = $"{(await duty.LookAsync(SubQueue.DeadLetter))[0].SequenceNumber}";

        var text = await duty.RunAsync("dead-letters", "show", number);
        var json = await duty.RunAsync("dead-letters", "show", number, "--json");

        foreach (
            var part in (string[])
                ["1443", "DeliveriesExhausted", "unavailable after 6 deliveries", "theirs", """{"orderId":"1443"}"""]
        )
        {
            Assert.Contains(part, text.Out, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret", text.Out + json.Out, StringComparison.Ordinal);
        Assert.Equal(
            ("1443", "7"),
            ((string?)json.Json["message"]!["orderId"], (string?)json.Json["properties"]!["theirs"])
        );
    }

    private static async Task<OperatorSession> MixedAsync()
    {
        var duty = await OperatorSession.StartAsync();
        var third = OperatorSession.Cancel("3", "3");
        third.ApplicationProperties[MessageProperties.Caller] = "shop";
        await duty.KillAsync(
            DeadLetterReasons.DeliveriesExhausted,
            "",
            OperatorSession.Cancel("1", "1"),
            OperatorSession.Cancel("2", "2"),
            third
        );
        await duty.KillAsync(
            "TTLExpiredException",
            "",
            OperatorSession.Cancel("4", "4"),
            new ServiceBusMessage("""{"hash":"9f86d081884c7d65"}""") { MessageId = "hash" }
        );
        await duty.KillAsync(
            DeadLetterReasons.InvalidMessage,
            "/orderid: Unknown field.",
            new ServiceBusMessage(Encoding.UTF8.GetBytes("""{"orderid":"5"}""")) { MessageId = "broken" }
        );
        return duty;
    }
}
