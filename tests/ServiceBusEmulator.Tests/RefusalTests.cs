using System.Transactions;

namespace ServiceBusEmulator.Tests;

/// <summary>Unsupported operations are refused with errors that the client recognises.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private RunningEmulator _emulator = null!;

    public static TheoryData<string, ServiceBusFailureReason, string, Func<RunningEmulator, Task>> Failures =>
        new()
        {
            {
                "a queue that does not exist, sending",
                ServiceBusFailureReason.MessagingEntityNotFound,
                "'nothing' could not be found",
                emulator => emulator.SendAsync("nothing", Messages.Of("a"))
            },
            {
                "a queue that does not exist, receiving",
                ServiceBusFailureReason.MessagingEntityNotFound,
                "'nothing'",
                emulator => emulator.Receiver("nothing").NoneAsync()
            },
            {
                "a subscription that does not exist",
                ServiceBusFailureReason.MessagingEntityNotFound,
                "'events/Subscriptions/nobody'",
                emulator => emulator.Receiver("events/nobody").NoneAsync()
            },
            {
                "a queue that does not exist, peeking",
                ServiceBusFailureReason.MessagingEntityNotFound,
                "'nothing'",
                emulator => emulator.Receiver("nothing").PeekMessageAsync()
            },
            {
                "a message that is too large",
                ServiceBusFailureReason.MessageSizeExceeded,
                "",
                emulator => emulator.SendAsync("orders", new ServiceBusMessage(new byte[256 * 1024]))
            },
            {
                "a scheduled message that is too large",
                ServiceBusFailureReason.MessageSizeExceeded,
                "the maximum is 262144",
                emulator =>
                    emulator
                        .Client.CreateSender("orders")
                        .ScheduleMessageAsync(new ServiceBusMessage(new byte[256 * 1024]), DateTimeOffset.MaxValue)
            },
            {
                "cancelling what is not scheduled",
                ServiceBusFailureReason.MessageNotFound,
                "",
                emulator => emulator.Client.CreateSender("orders").CancelScheduledMessageAsync(99)
            },
            {
                "receiving what is not deferred",
                ServiceBusFailureReason.MessageNotFound,
                "",
                emulator => emulator.Receiver("orders").ReceiveDeferredMessageAsync(99)
            },
            {
                "completing after the lock has expired",
                ServiceBusFailureReason.MessageLockLost,
                "",
                emulator => AfterExpiryAsync(emulator, (receiver, message) => receiver.CompleteMessageAsync(message))
            },
            {
                "abandoning after the lock has expired",
                ServiceBusFailureReason.MessageLockLost,
                "",
                emulator => AfterExpiryAsync(emulator, (receiver, message) => receiver.AbandonMessageAsync(message))
            },
            {
                "deferring after the lock has expired",
                ServiceBusFailureReason.MessageLockLost,
                "",
                emulator => AfterExpiryAsync(emulator, (receiver, message) => receiver.DeferMessageAsync(message))
            },
            {
                "dead-lettering after the lock has expired",
                ServiceBusFailureReason.MessageLockLost,
                "",
                emulator => AfterExpiryAsync(emulator, (receiver, message) => receiver.DeadLetterMessageAsync(message))
            },
            {
                "renewing after the lock has expired",
                ServiceBusFailureReason.MessageLockLost,
                "",
                emulator => AfterExpiryAsync(emulator, (receiver, message) => receiver.RenewMessageLockAsync(message))
            },
            { "settling twice", ServiceBusFailureReason.MessageLockLost, "", TwiceAsync },
        };

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Cannot_do_it_and_gives_the_reason(
        string what,
        ServiceBusFailureReason reason,
        string words,
        Func<RunningEmulator, Task> act
    )
    {
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => act(_emulator));

        Assert.True(failure.Reason == reason, $"{what}: {failure}");
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_receive_from_a_topic()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _emulator.Receiver("events").NoneAsync()
        );
        Assert.Contains("receive from one of its subscriptions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_send_to_a_subscription_or_a_dead_letter_queue()
    {
        foreach (var path in (string[])["events/Subscriptions/all", "orders/$DeadLetterQueue"])
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                _emulator.SendAsync(path, Messages.Of("a"))
            );
            Assert.Contains("send to a queue or a topic", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cannot_have_sessions()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _emulator.Client.AcceptSessionAsync("orders", "session", cancellationToken: RunningEmulator.Token)
        );
        Assert.Contains("no sessions", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _emulator.Client.AcceptNextSessionAsync("orders", cancellationToken: RunningEmulator.Token)
        );
    }

    [Fact]
    public async Task Cannot_have_transactions()
    {
        using TransactionScope scope = new(TransactionScopeAsyncFlowOption.Enabled);
        var failure = await Assert.ThrowsAsync<NotSupportedException>(() =>
            _emulator.SendAsync("orders", Messages.Of("a"))
        );
        Assert.Contains("no transactions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cannot_change_rules()
    {
        await using var rules = _emulator.Client.CreateRuleManager("events", "all");
        var failure = await Assert.ThrowsAsync<NotSupportedException>(() =>
            rules.CreateRuleAsync(
                "rule",
                new Azure.Messaging.ServiceBus.Administration.TrueRuleFilter(),
                RunningEmulator.Token
            )
        );
        Assert.Contains("com.microsoft:add-rule", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OperationFault.ConnectionDropped)]
    [InlineData(OperationFault.LinkDetached)]
    public async Task Can_drop_connections_and_links_while_the_client_sends_and_receives(OperationFault kind)
    {
        _emulator.Faults.Seed = 3;
        _emulator.Faults.Inject((kind, 0.3));
        await using var sender = _emulator.Client.CreateSender("once");
        for (var i = 0; i < 12; i++)
        {
            await sender.SendMessageAsync(Messages.Of($"{i}"), RunningEmulator.Token);
        }

        await using var receiver = _emulator.Receiver("once");
        Assert.True(_emulator.Broker.TryFind("once", out var queue));
        HashSet<string> completed = [];
        while (!queue.Counts.IsIdle)
        {
            // A receiver whose link is lost while it waits returns no message.
            if (await receiver.ReceiveMessageAsync(RunningEmulator.Patience, RunningEmulator.Token) is not { } message)
            {
                continue;
            }

            try
            {
                await receiver.CompleteMessageAsync(message, RunningEmulator.Token);
                Assert.True(completed.Add(message.MessageId));
            }
            catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageLockLost)
            {
                // The connection broke: unless the message was settled, it is delivered again when its lock has
                // expired.
                _emulator.Clock.Advance(TimeSpan.FromMinutes(1));
            }
        }

        Assert.InRange(completed.Count, 8, 12);
        Assert.True(_emulator.Faults.CountOf(kind) > 2);
    }

    private static async Task AfterExpiryAsync(
        RunningEmulator emulator,
        Func<ServiceBusReceiver, ServiceBusReceivedMessage, Task> settle
    )
    {
        await emulator.SendAsync("orders", Messages.Of("a"));
        await using var receiver = emulator.Receiver("orders");
        var message = await receiver.NextAsync();
        emulator.Clock.Advance(TimeSpan.FromSeconds(31));
        await settle(receiver, message);
    }

    private static async Task TwiceAsync(RunningEmulator emulator)
    {
        await emulator.SendAsync("orders", Messages.Of("a"));
        await using var receiver = emulator.Receiver("orders");
        var message = await receiver.NextAsync();
        await receiver.CompleteMessageAsync(message);
        await receiver.CompleteMessageAsync(message);
    }
}
