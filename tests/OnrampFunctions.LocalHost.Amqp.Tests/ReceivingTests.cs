namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>Sending, receiving and settling, with the real .NET client.</summary>
public sealed class ReceivingTests : IAsyncLifetime
{
    private Broker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await Broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Receives_what_was_sent_in_order_and_once_completed_never_again()
    {
        await _broker.SendAsync("orders", Messages.Of("a"));
        await _broker.SendAsync("orders", [.. Enumerable.Range(0, 300).Select(i => Messages.Of($"{i}"))]);
        await using var receiver = _broker.Receiver("orders");

        Assert.Equal("a", (await receiver.NextAsync()).Body.ToString());
        List<string> received = [];
        while (received.Count < 300)
        {
            foreach (var message in await receiver.ReceiveMessagesAsync(50, Broker.Patience, Broker.Token))
            {
                received.Add(message.Body.ToString());
                Assert.Equal(
                    (1, received.Count + 1L, _broker.Clock.GetUtcNow(), ServiceBusMessageState.Active),
                    (message.DeliveryCount, message.SequenceNumber, message.EnqueuedTime, message.State)
                );
                await receiver.CompleteMessageAsync(message, Broker.Token);
            }
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), received);
        Assert.Null(await receiver.NoneAsync());
    }

    [Fact]
    public async Task Deletes_at_once_for_whoever_wants_that()
    {
        await _broker.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _broker.Receiver("orders", ServiceBusReceiveMode.ReceiveAndDelete, prefetch: 10);

        Assert.Equal(["a", "b"], [(await receiver.NextAsync()).MessageId, (await receiver.NextAsync()).MessageId]);

        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        await using var other = _broker.Receiver("orders");
        Assert.Null(await other.PeekMessageAsync(0, Broker.Token));
    }

    [Fact]
    public async Task Abandons_with_changed_properties_and_dead_letters_what_was_delivered_too_often()
    {
        await _broker.SendAsync(
            "orders",
            new ServiceBusMessage("body")
            {
                ApplicationProperties = { ["kept"] = TimeSpan.FromDays(1), ["changed"] = 1 },
            }
        );
        await using var receiver = _broker.Receiver("orders");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var message = await receiver.NextAsync();
            Assert.Equal((delivery, delivery), (message.DeliveryCount, message.ApplicationProperties["changed"]));
            await receiver.AbandonMessageAsync(
                message,
                new Dictionary<string, object> { ["changed"] = delivery + 1 },
                Broker.Token
            );
        }

        await using var deadLetters = _broker.Receiver("orders", subQueue: SubQueue.DeadLetter);
        var dead = await deadLetters.NextAsync();
        Assert.Equal(
            ("MaxDeliveryCountExceeded", 4, TimeSpan.FromDays(1), "body"),
            (
                dead.DeadLetterReason,
                dead.ApplicationProperties["changed"],
                dead.ApplicationProperties["kept"],
                dead.Body.ToString()
            )
        );
        Assert.Null(await receiver.NoneAsync());
    }

    [Fact]
    public async Task Dead_letters_with_reason_description_and_properties()
    {
        await _broker.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _broker.Receiver("orders");
        await receiver.DeadLetterMessageAsync(
            await receiver.NextAsync(),
            new Dictionary<string, object> { ["by"] = "me" },
            "Reason",
            "Description",
            Broker.Token
        );
        await receiver.DeadLetterMessageAsync(await receiver.NextAsync(), cancellationToken: Broker.Token);

        await using var deadLetters = _broker.Receiver("orders", subQueue: SubQueue.DeadLetter);
        var first = await deadLetters.NextAsync();
        var second = await deadLetters.NextAsync();
        Assert.Equal(
            ("a", "Reason", "Description", "me"),
            (
                first.MessageId,
                first.DeadLetterReason,
                first.DeadLetterErrorDescription,
                first.ApplicationProperties["by"]
            )
        );
        Assert.Equal(("b", null, null), (second.MessageId, second.DeadLetterReason, second.DeadLetterErrorDescription));
        Assert.Null(first.DeadLetterSource);
        await deadLetters.CompleteMessageAsync(first, Broker.Token);
    }

    [Fact]
    public async Task Defers_and_hands_out_by_number()
    {
        await _broker.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _broker.Receiver("orders");
        var message = await receiver.NextAsync();
        await receiver.DeferMessageAsync(message, new Dictionary<string, object> { ["why"] = "later" }, Broker.Token);
        Assert.Equal("b", (await receiver.NextAsync()).MessageId);
        Assert.Null(await receiver.NoneAsync());

        var deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, Broker.Token);
        Assert.Equal(
            ("a", "later", 2, ServiceBusMessageState.Deferred),
            (deferred.MessageId, deferred.ApplicationProperties["why"], deferred.DeliveryCount, deferred.State)
        );
        await receiver.AbandonMessageAsync(deferred, cancellationToken: Broker.Token);

        // It is still aside.
        Assert.Null(await receiver.NoneAsync());
        var again = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, Broker.Token);
        await receiver.CompleteMessageAsync(again, Broker.Token);
        await Assert.ThrowsAsync<ServiceBusException>(() =>
            receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, Broker.Token)
        );
    }

    [Fact]
    public async Task Renews_a_lock()
    {
        await _broker.SendAsync("orders", Messages.Of("a"));
        await using var receiver = _broker.Receiver("orders");
        var message = await receiver.NextAsync();
        Assert.Equal(_broker.Clock.GetUtcNow().AddSeconds(30), message.LockedUntil);

        _broker.Clock.Advance(TimeSpan.FromSeconds(20));
        await receiver.RenewMessageLockAsync(message, Broker.Token);
        Assert.Equal(_broker.Clock.GetUtcNow().AddSeconds(30), message.LockedUntil);
        _broker.Clock.Advance(TimeSpan.FromSeconds(20));

        await receiver.CompleteMessageAsync(message, Broker.Token);
        Assert.Null(await receiver.NoneAsync());
    }

    [Fact]
    public async Task Gives_back_what_a_receiver_had_not_settled_when_it_was_closed_without_counting_it()
    {
        await _broker.SendAsync("orders", [.. Enumerable.Range(0, 20).Select(i => Messages.Of($"{i}"))]);
        await using (var prefetching = _broker.Receiver("orders", prefetch: 20))
        {
            await prefetching.NextAsync();
        }

        await using var receiver = _broker.Receiver("orders");
        for (var i = 0; i < 20; i++)
        {
            var message = await receiver.NextAsync();
            Assert.Equal(($"{i}", 1), (message.MessageId, message.DeliveryCount));
        }
    }

    [Fact]
    public async Task Settles_by_lock_token_after_the_connection_was_lost()
    {
        await _broker.SendAsync("orders", Messages.Of("a"), Messages.Of("b"), Messages.Of("c"), Messages.Of("d"));
        await using var receiver = _broker.Receiver("orders");
        var messages = new List<ServiceBusReceivedMessage>();
        while (messages.Count < 4)
        {
            messages.Add(await receiver.NextAsync());
        }

        // The connection is shared: it is lost while something else is sent, when all four have certainly come.
        _broker.Fail(FaultKind.ConnectionDropped);
        var sending = _broker.SendAsync("graveyard", Messages.Of("e"));
        await Broker.UntilAsync(() => _broker.Host.Faults.CountOf(FaultKind.ConnectionDropped) > 0);
        _broker.Host.Faults.Settings = FaultSettings.None;
        await sending;

        // Whoever settles in the moment of the loss is told by the client itself that the lock is lost: first it has to
        // have connected again.
        await receiver.PeekMessageAsync(0, Broker.Token);
        await receiver.CompleteMessageAsync(messages[0], Broker.Token);
        await receiver.DeadLetterMessageAsync(messages[1], "Reason", cancellationToken: Broker.Token);
        await receiver.DeferMessageAsync(messages[2], cancellationToken: Broker.Token);
        await receiver.AbandonMessageAsync(
            messages[3],
            new Dictionary<string, object> { ["again"] = true },
            Broker.Token
        );

        var again = await receiver.NextAsync();
        Assert.Equal(("d", 2, true), (again.MessageId, again.DeliveryCount, again.ApplicationProperties["again"]));
        Assert.Equal(
            "c",
            (await receiver.ReceiveDeferredMessageAsync(messages[2].SequenceNumber, Broker.Token)).MessageId
        );
        await using var deadLetters = _broker.Receiver("orders", subQueue: SubQueue.DeadLetter);
        Assert.Equal(
            ("b", "Reason"),
            (await deadLetters.NextAsync()) is var dead ? (dead.MessageId, dead.DeadLetterReason) : default
        );
    }

    [Fact]
    public async Task Looks_at_messages_without_receiving_them()
    {
        await _broker.SendAsync("orders", Messages.Of("deferred"), Messages.Of("locked"), Messages.Of("ready"));
        await using var sender = _broker.Client.CreateSender("orders");
        var due = _broker.Clock.GetUtcNow().AddHours(1);
        var number = await sender.ScheduleMessageAsync(Messages.Of("scheduled"), due, Broker.Token);
        await using var receiver = _broker.Receiver("orders");
        await receiver.DeferMessageAsync(await receiver.NextAsync(), cancellationToken: Broker.Token);
        await receiver.NextAsync();

        var all = await receiver.PeekMessagesAsync(10, 0, Broker.Token);

        Assert.Equal(
            [
                ("deferred", ServiceBusMessageState.Deferred),
                ("locked", ServiceBusMessageState.Active),
                ("ready", ServiceBusMessageState.Active),
                ("scheduled", ServiceBusMessageState.Scheduled),
            ],
            all.Select(message => (message.MessageId, message.State))
        );
        Assert.Equal((number, due), (all[3].SequenceNumber, all[3].ScheduledEnqueueTime));
        Assert.Equal("ready", (await receiver.PeekMessageAsync(3, Broker.Token)).MessageId);
        Assert.Empty(await receiver.PeekMessagesAsync(10, number + 1, Broker.Token));
    }

    [Fact]
    public async Task Runs_a_processor_to_the_end()
    {
        const int count = 500;
        await _broker.SendAsync("orders", [.. Enumerable.Range(0, count).Select(i => Messages.Of($"{i}"))]);
        await using var processor = _broker.Client.CreateProcessor(
            "orders",
            new ServiceBusProcessorOptions { MaxConcurrentCalls = 16, PrefetchCount = 50 }
        );
        System.Collections.Concurrent.ConcurrentDictionary<string, int> handled = new();
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        processor.ProcessMessageAsync += args =>
        {
            handled.AddOrUpdate(args.Message.MessageId, 1, (_, times) => times + 1);
            if (handled.Count == count)
            {
                done.TrySetResult();
            }

            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += args => Task.FromResult(done.TrySetException(args.Exception));

        await processor.StartProcessingAsync(Broker.Token);
        await done.Task.WaitAsync(Broker.Patience, Broker.Token);
        await processor.StopProcessingAsync(Broker.Token);

        Assert.All(handled.Values, times => Assert.Equal(1, times));
        await using var receiver = _broker.Receiver("orders");
        Assert.Null(await receiver.PeekMessageAsync(0, Broker.Token));
    }
}
