using Azure.Core.Amqp;

namespace ServiceBusEmulator.Tests;

/// <summary>Messages arrive as they were sent, at their time, and not after their time to live.</summary>
public sealed class SendingTests : IAsyncLifetime
{
    private static readonly object[] PropertyValues =
    [
        true,
        (byte)200,
        (sbyte)-3,
        (short)-300,
        (ushort)60000,
        -70000,
        4000000000u,
        long.MinValue,
        ulong.MaxValue,
        1.5f,
        -2.25d,
        79228162514264337593543950335m,
        'ß',
        "grüße, 你好 \u0007",
        Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
        new DateTime(2026, 11, 25, 1, 2, 3, 4, DateTimeKind.Utc),
        new DateTimeOffset(2026, 11, 25, 1, 2, 3, TimeSpan.Zero),
        TimeSpan.FromTicks(12345),
        new Uri("https://example.org/a?b=%20c"),
    ];

    private RunningEmulator _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Keeps_every_property_of_every_type()
    {
        ServiceBusMessage sent = new("body")
        {
            MessageId = "id",
            CorrelationId = "correlation",
            Subject = "subject",
            ContentType = "text/plain",
            To = "to",
            ReplyTo = "reply",
            PartitionKey = "session",
            SessionId = "session",
            ReplyToSessionId = "other",
            TimeToLive = TimeSpan.FromMinutes(5),
        };
        foreach (var (i, value) in PropertyValues.Index())
        {
            sent.ApplicationProperties[$"p{i}"] = value;
        }

        sent.ApplicationProperties["null"] = null;
        await _emulator.SendAsync("orders", sent);
        await using var receiver = _emulator.Receiver("orders");

        for (var delivery = 1; delivery <= 2; delivery++)
        {
            // The second time the emulator has encoded them again.
            var received = await receiver.NextAsync();
            Assert.Equal(
                (
                    "id",
                    "correlation",
                    "subject",
                    "text/plain",
                    "to",
                    "reply",
                    "session",
                    "session",
                    "other",
                    TimeSpan.FromMinutes(5),
                    "body"
                ),
                (
                    received.MessageId,
                    received.CorrelationId,
                    received.Subject,
                    received.ContentType,
                    received.To,
                    received.ReplyTo,
                    received.PartitionKey,
                    received.SessionId,
                    received.ReplyToSessionId,
                    received.TimeToLive,
                    received.Body.ToString()
                )
            );
            foreach (var (i, value) in PropertyValues.Index())
            {
                Assert.Equal(value, received.ApplicationProperties[$"p{i}"]);
            }

            Assert.Null(Assert.Contains("null", received.ApplicationProperties));

            await receiver.AbandonMessageAsync(
                received,
                new Dictionary<string, object> { ["changed"] = 1 },
                RunningEmulator.Token
            );
        }
    }

    [Fact]
    public async Task Keeps_bodies_of_every_kind()
    {
        ServiceBusMessage Value(object value) => new(new AmqpAnnotatedMessage(AmqpMessageBody.FromValue(value)));
        await _emulator.SendAsync(
            "orders",
            new ServiceBusMessage(
                new AmqpAnnotatedMessage(AmqpMessageBody.FromData([new byte[] { 1, 2 }, new byte[300]]))
            ),
            Value("text"),
            Value(7),
            Value(new Dictionary<string, object> { ["a"] = 1L }),
            new ServiceBusMessage(
                new AmqpAnnotatedMessage(
                    AmqpMessageBody.FromSequence([
                        [1, "two"],
                        [3.5],
                    ])
                )
            ),
            new ServiceBusMessage()
        );
        await using var receiver = _emulator.Receiver("orders");
        var bodies = new List<AmqpMessageBody>();
        while (bodies.Count < 6)
        {
            bodies.Add((await receiver.NextAsync()).GetRawAmqpMessage().Body);
        }

        Assert.True(bodies[0].TryGetData(out var data));
        Assert.Equal([2, 300], data!.Select(part => part.Length));
        Assert.True(bodies[1].TryGetValue(out var text) && text is "text");
        Assert.True(bodies[2].TryGetValue(out var number) && number is 7);
        Assert.True(bodies[3].TryGetValue(out var map) && map is IDictionary<string, object> { Count: 1 });
        Assert.True(bodies[4].TryGetSequence(out var sequence));
        Assert.Equal(
            [
                [1, "two"],
                [3.5],
            ],
            sequence!
        );
        Assert.Equal(AmqpMessageBodyType.Data, bodies[5].BodyType);
    }

    [Fact]
    public async Task Assigns_missing_ids_and_drops_duplicates_where_configured()
    {
        await _emulator.SendAsync(
            "once",
            new ServiceBusMessage("a"),
            new ServiceBusMessage("b"),
            Messages.Of("c"),
            Messages.Of("c")
        );
        await _emulator.SendAsync("once", Messages.Of("c"));
        await using var receiver = _emulator.Receiver("once");
        var a = await receiver.NextAsync();
        var b = await receiver.NextAsync();

        Assert.NotEmpty(a.MessageId);
        Assert.NotEqual(a.MessageId, b.MessageId);
        Assert.Equal("c", (await receiver.NextAsync()).MessageId);
        Assert.Null(await receiver.NoneAsync());
        _emulator.Clock.Advance(TimeSpan.FromSeconds(20));
        await _emulator.SendAsync("once", Messages.Of("c"));
        Assert.Equal("c", (await receiver.NextAsync()).Body.ToString());
    }

    [Fact]
    public async Task Accepts_batches_up_to_the_size_that_it_advertises()
    {
        await using var sender = _emulator.Client.CreateSender("orders");
        using var batch = await sender.CreateMessageBatchAsync(RunningEmulator.Token);
        while (batch.TryAddMessage(new ServiceBusMessage(new byte[1000]))) { }

        Assert.Equal(256 * 1024, batch.MaxSizeInBytes);
        await sender.SendMessagesAsync(batch, RunningEmulator.Token);
        await using var receiver = _emulator.Receiver("orders", ServiceBusReceiveMode.ReceiveAndDelete, prefetch: 500);
        for (var i = 0; i < batch.Count; i++)
        {
            Assert.Equal(1000, (await receiver.NextAsync()).Body.ToMemory().Length);
        }
    }

    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("events", "events/all")]
    public async Task Shows_a_scheduled_message_when_it_is_due(string to, string from)
    {
        await using var sender = _emulator.Client.CreateSender(to);
        var due = _emulator.Clock.GetUtcNow().AddMinutes(10);
        await sender.ScheduleMessageAsync(Messages.Of("by request"), due, RunningEmulator.Token);
        await sender.SendMessageAsync(
            new ServiceBusMessage("by annotation")
            {
                MessageId = "by annotation",
                ScheduledEnqueueTime = due.AddMinutes(1),
            },
            RunningEmulator.Token
        );
        var cancelled = await sender.ScheduleMessagesAsync(
            [Messages.Of("never"), Messages.Of("no more")],
            due,
            RunningEmulator.Token
        );
        await sender.CancelScheduledMessagesAsync(cancelled, RunningEmulator.Token);
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() =>
            sender.CancelScheduledMessageAsync(cancelled[0], RunningEmulator.Token)
        );
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, failure.Reason);

        await using var receiver = _emulator.Receiver(from);
        Assert.Null(await receiver.NoneAsync());
        _emulator.Clock.Advance(TimeSpan.FromMinutes(10));
        var first = await receiver.NextAsync();
        Assert.Equal(("by request", due), (first.MessageId, first.EnqueuedTime));
        await receiver.CompleteMessageAsync(first, RunningEmulator.Token);
        Assert.Null(await receiver.NoneAsync());
        _emulator.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("by annotation", (await receiver.NextAsync()).MessageId);
    }

    [Fact]
    public async Task Expires_messages_at_the_end_of_their_time_to_live()
    {
        await _emulator.SendAsync(
            "forgetful",
            new ServiceBusMessage("a") { TimeToLive = TimeSpan.FromDays(1) },
            new ServiceBusMessage("b") { TimeToLive = TimeSpan.FromSeconds(10) }
        );
        await _emulator.SendAsync(
            "orders",
            new ServiceBusMessage("c") { TimeToLive = TimeSpan.FromSeconds(10) },
            new ServiceBusMessage("d") { TimeToLive = TimeSpan.FromSeconds(10) }
        );
        await using var orders = _emulator.Receiver("orders");
        var held = await orders.NextAsync();

        _emulator.Clock.Advance(TimeSpan.FromSeconds(10));
        await using var forgetful = _emulator.Receiver("forgetful");
        Assert.Equal(
            ["a"],
            (await forgetful.PeekMessagesAsync(10, 0, RunningEmulator.Token)).Select(message => message.Body.ToString())
        );
        await using var deadLetters = _emulator.Receiver("orders", subQueue: SubQueue.DeadLetter);
        Assert.Equal(
            ("d", "TTLExpiredException"),
            (await deadLetters.NextAsync()) is var expired
                ? (expired.Body.ToString(), expired.DeadLetterReason)
                : default
        );
        await orders.CompleteMessageAsync(held, RunningEmulator.Token);

        _emulator.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(await forgetful.PeekMessagesAsync(10, 0, RunningEmulator.Token));
        await using var nothing = _emulator.Receiver("forgetful", subQueue: SubQueue.DeadLetter);
        Assert.Null(await nothing.PeekMessageAsync(0, RunningEmulator.Token));
    }

    [Fact]
    public async Task Publishes_to_every_subscription_whose_filter_matches()
    {
        await _emulator.SendAsync(
            "events",
            new ServiceBusMessage("1") { ApplicationProperties = { ["outcome"] = "failed" } },
            new ServiceBusMessage("2") { ApplicationProperties = { ["outcome"] = "Failed" } },
            new ServiceBusMessage("3") { Subject = "a", To = "x" },
            new ServiceBusMessage("4") { Subject = "a" },
            new ServiceBusMessage("5") { ApplicationProperties = { ["number"] = 7.0, ["flag"] = true } },
            new ServiceBusMessage("6") { ApplicationProperties = { ["number"] = "7", ["flag"] = true } }
        );

        foreach (var (subscription, expected) in new[] { ("all", "123456"), ("failed", "1"), ("labelled", "35") })
        {
            await using var receiver = _emulator.Receiver($"events/{subscription}");
            Assert.Equal(
                expected,
                string.Concat(
                    (await receiver.PeekMessagesAsync(10, 0, RunningEmulator.Token)).Select(message =>
                        message.Body.ToString()
                    )
                )
            );
        }
    }

    [Fact]
    public async Task Forwards_messages_and_dead_letters()
    {
        await _emulator.SendAsync("front", Messages.Of("a"));
        await _emulator.SendAsync("doomed", Messages.Of("b"));
        await using var orders = _emulator.Receiver("orders");
        Assert.Equal("a", (await orders.NextAsync()).MessageId);
        await using var doomed = _emulator.Receiver("doomed");
        await doomed.AbandonMessageAsync(await doomed.NextAsync(), cancellationToken: RunningEmulator.Token);

        await using var graveyard = _emulator.Receiver("graveyard");
        var dead = await graveyard.NextAsync();
        Assert.Equal(
            ("b", "MaxDeliveryCountExceeded", "doomed"),
            (dead.MessageId, dead.DeadLetterReason, dead.DeadLetterSource)
        );
    }

    [Fact]
    public async Task Shares_its_entities_with_REST()
    {
        await _emulator.SendAsync(
            "events",
            new ServiceBusMessage("to REST")
            {
                MessageId = "id",
                ApplicationProperties = { ["text"] = "ü", ["number"] = 42 },
            }
        );

        var response = await _emulator.Rest.DeleteAsync("/events/subscriptions/all/messages/head?timeout=5");

        Assert.Equal(
            ("to REST", "\"\\u00FC\"", "42"),
            (response.Body, response.Headers["text"], response.Headers["number"])
        );
    }
}
