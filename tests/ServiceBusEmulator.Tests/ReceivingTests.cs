namespace ServiceBusEmulator.Tests;

/// <summary>Sending, receiving and settling, with the real .NET client.</summary>
public sealed class ReceivingTests : IAsyncLifetime
{
    private RunningEmulator _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Receives_in_order_and_never_again_after_completion()
    {
        await _emulator.SendAsync("orders", Messages.Of("a"));
        await _emulator.SendAsync("orders", [.. Enumerable.Range(0, 300).Select(i => Messages.Of($"{i}"))]);
        await using var receiver = _emulator.Receiver("orders");

        Assert.Equal("a", (await receiver.NextAsync()).Body.ToString());
        List<ServiceBusReceivedMessage> received = [];
        while (received.Count < 300)
        {
            foreach (
                var message in await receiver.ReceiveMessagesAsync(50, RunningEmulator.Patience, RunningEmulator.Token)
            )
            {
                received.Add(message);
                await receiver.CompleteMessageAsync(message, RunningEmulator.Token);
            }
        }

        Assert.Equal(
            string.Join('\n', Enumerable.Range(0, 300).Select(number => $"{number}: {number + 2}, delivered 1 time")),
            string.Join(
                '\n',
                received.Select(message =>
                    $"{message.Body}: {message.SequenceNumber}, delivered {message.DeliveryCount} time"
                )
            )
        );
        Assert.All(
            received,
            message =>
                Assert.Equal(
                    (_emulator.Clock.GetUtcNow(), ServiceBusMessageState.Active),
                    (message.EnqueuedTime, message.State)
                )
        );
        Assert.Null(await receiver.NoneAsync());
    }

    [Fact]
    public async Task Deletes_messages_immediately_in_receive_and_delete_mode()
    {
        await _emulator.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _emulator.Receiver("orders", ServiceBusReceiveMode.ReceiveAndDelete, prefetch: 10);

        Assert.Equal(["a", "b"], [(await receiver.NextAsync()).MessageId, (await receiver.NextAsync()).MessageId]);

        _emulator.Clock.Advance(TimeSpan.FromMinutes(1));
        await using var other = _emulator.Receiver("orders");
        Assert.Null(await other.PeekMessageAsync(0, RunningEmulator.Token));
    }

    [Fact]
    public async Task Abandons_with_changed_properties_and_dead_letters_after_the_maximum_delivery_count()
    {
        await _emulator.SendAsync(
            "orders",
            new ServiceBusMessage("body")
            {
                ApplicationProperties = { ["kept"] = TimeSpan.FromDays(1), ["changed"] = 1 },
            }
        );
        await using var receiver = _emulator.Receiver("orders");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var message = await receiver.NextAsync();
            Assert.Equal((delivery, delivery), (message.DeliveryCount, message.ApplicationProperties["changed"]));
            await receiver.AbandonMessageAsync(
                message,
                new Dictionary<string, object> { ["changed"] = delivery + 1 },
                RunningEmulator.Token
            );
        }

        await using var deadLetters = _emulator.Receiver("orders", subQueue: SubQueue.DeadLetter);
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
        await _emulator.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _emulator.Receiver("orders");
        await receiver.DeadLetterMessageAsync(
            await receiver.NextAsync(),
            new Dictionary<string, object> { ["by"] = "me" },
            "Reason",
            "Description",
            RunningEmulator.Token
        );
        await receiver.DeadLetterMessageAsync(await receiver.NextAsync(), cancellationToken: RunningEmulator.Token);

        await using var deadLetters = _emulator.Receiver("orders", subQueue: SubQueue.DeadLetter);
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
        await deadLetters.CompleteMessageAsync(first, RunningEmulator.Token);
    }

    [Fact]
    public async Task Defers_and_returns_by_sequence_number()
    {
        await _emulator.SendAsync("orders", Messages.Of("a"), Messages.Of("b"));
        await using var receiver = _emulator.Receiver("orders");
        var message = await receiver.NextAsync();
        await receiver.DeferMessageAsync(
            message,
            new Dictionary<string, object> { ["why"] = "later" },
            RunningEmulator.Token
        );
        Assert.Equal("b", (await receiver.NextAsync()).MessageId);
        Assert.Null(await receiver.NoneAsync());

        var deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, RunningEmulator.Token);
        Assert.Equal(
            ("a", "later", 2, ServiceBusMessageState.Deferred),
            (deferred.MessageId, deferred.ApplicationProperties["why"], deferred.DeliveryCount, deferred.State)
        );
        await receiver.AbandonMessageAsync(deferred, cancellationToken: RunningEmulator.Token);

        // It is still deferred.
        Assert.Null(await receiver.NoneAsync());
        var again = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, RunningEmulator.Token);
        await receiver.CompleteMessageAsync(again, RunningEmulator.Token);
        await Assert.ThrowsAsync<ServiceBusException>(() =>
            receiver.ReceiveDeferredMessageAsync(message.SequenceNumber, RunningEmulator.Token)
        );
    }

    [Fact]
    public async Task Renews_a_lock()
    {
        await _emulator.SendAsync("orders", Messages.Of("a"));
        await using var receiver = _emulator.Receiver("orders");
        var message = await receiver.NextAsync();
        Assert.Equal(_emulator.Clock.GetUtcNow().AddSeconds(30), message.LockedUntil);

        _emulator.Clock.Advance(TimeSpan.FromSeconds(20));
        await receiver.RenewMessageLockAsync(message, RunningEmulator.Token);
        Assert.Equal(_emulator.Clock.GetUtcNow().AddSeconds(30), message.LockedUntil);
        _emulator.Clock.Advance(TimeSpan.FromSeconds(20));

        await receiver.CompleteMessageAsync(message, RunningEmulator.Token);
        Assert.Null(await receiver.NoneAsync());
    }

    [Fact]
    public async Task Returns_unsettled_messages_of_a_closed_receiver_without_counting_the_delivery()
    {
        await _emulator.SendAsync("orders", [.. Enumerable.Range(0, 20).Select(i => Messages.Of($"{i}"))]);
        await using (var prefetching = _emulator.Receiver("orders", prefetch: 20))
        {
            await prefetching.NextAsync();
        }

        await using var receiver = _emulator.Receiver("orders");
        for (var i = 0; i < 20; i++)
        {
            var message = await receiver.NextAsync();
            Assert.Equal(($"{i}", 1), (message.MessageId, message.DeliveryCount));
        }
    }

    [Fact]
    public async Task Settles_by_lock_token_after_the_connection_was_lost()
    {
        await _emulator.SendAsync("orders", Messages.Of("a"), Messages.Of("b"), Messages.Of("c"), Messages.Of("d"));
        await using var receiver = _emulator.Receiver("orders");
        var messages = new List<ServiceBusReceivedMessage>();
        while (messages.Count < 4)
        {
            messages.Add(await receiver.NextAsync());
        }

        // The connection is shared: it is dropped by another send, after all four messages have arrived.
        _emulator.Faults.Always(OperationFault.ConnectionDropped);
        var sending = _emulator.SendAsync("graveyard", Messages.Of("e"));
        await RunningEmulator.UntilAsync(() => _emulator.Faults.CountOf(OperationFault.ConnectionDropped) > 0);
        _emulator.Faults.Stop();
        await sending;

        // A client that settles while the connection is being lost reports a lost lock itself: it must reconnect first.
        await receiver.PeekMessageAsync(0, RunningEmulator.Token);
        await receiver.CompleteMessageAsync(messages[0], RunningEmulator.Token);
        await receiver.DeadLetterMessageAsync(messages[1], "Reason", cancellationToken: RunningEmulator.Token);
        await receiver.DeferMessageAsync(messages[2], cancellationToken: RunningEmulator.Token);
        await receiver.AbandonMessageAsync(
            messages[3],
            new Dictionary<string, object> { ["again"] = true },
            RunningEmulator.Token
        );

        var again = await receiver.NextAsync();
        Assert.Equal(("d", 2, true), (again.MessageId, again.DeliveryCount, again.ApplicationProperties["again"]));
        Assert.Equal(
            "c",
            (await receiver.ReceiveDeferredMessageAsync(messages[2].SequenceNumber, RunningEmulator.Token)).MessageId
        );
        await using var deadLetters = _emulator.Receiver("orders", subQueue: SubQueue.DeadLetter);
        Assert.Equal(
            ("b", "Reason"),
            (await deadLetters.NextAsync()) is var dead ? (dead.MessageId, dead.DeadLetterReason) : default
        );
    }

    [Fact]
    public async Task Peeks_at_messages_without_receiving_them()
    {
        await _emulator.SendAsync("orders", Messages.Of("deferred"), Messages.Of("locked"), Messages.Of("ready"));
        await using var sender = _emulator.Client.CreateSender("orders");
        var due = _emulator.Clock.GetUtcNow().AddHours(1);
        var number = await sender.ScheduleMessageAsync(Messages.Of("scheduled"), due, RunningEmulator.Token);
        await using var receiver = _emulator.Receiver("orders");
        await receiver.DeferMessageAsync(await receiver.NextAsync(), cancellationToken: RunningEmulator.Token);
        await receiver.NextAsync();

        var all = await receiver.PeekMessagesAsync(10, 0, RunningEmulator.Token);

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
        Assert.Equal("ready", (await receiver.PeekMessageAsync(3, RunningEmulator.Token)).MessageId);
        Assert.Empty(await receiver.PeekMessagesAsync(10, number + 1, RunningEmulator.Token));
    }

    [Fact]
    public async Task Runs_a_processor_to_the_end()
    {
        const int count = 500;
        await _emulator.SendAsync("orders", [.. Enumerable.Range(0, count).Select(i => Messages.Of($"{i}"))]);
        await using var processor = _emulator.Client.CreateProcessor(
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

        await processor.StartProcessingAsync(RunningEmulator.Token);
        await done.Task.WaitAsync(RunningEmulator.Patience, RunningEmulator.Token);
        await processor.StopProcessingAsync(RunningEmulator.Token);

        Assert.All(handled.Values, times => Assert.Equal(1, times));
        await using var receiver = _emulator.Receiver("orders");
        Assert.Null(await receiver.PeekMessageAsync(0, RunningEmulator.Token));
    }
}
