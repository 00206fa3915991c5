using System.Threading.Channels;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The host's own way to its queue and topic, which is the one that the app goes in Azure.</summary>
public sealed class TriggerTests
{
    [Theory]
    [InlineData("LocalHost__Amqp", "off")]
    [InlineData("LocalHost__Amqp", "127.0.0.1:0")]
    [InlineData(
        "ServiceBus",
        "Endpoint=sb://sb-example.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b"
    )]
    [InlineData("ServiceBus__fullyQualifiedNamespace", "sb-example.servicebus.windows.net")]
    public async Task Goes_to_its_own_queue_and_topic_whatever_is_set(string name, string value)
    {
        await using var host = Create(name, value);
        await host.StartAsync(ServiceBusHost.Token);

        host.Broker.Requests.Send(Cancel("message-1"));
        var outcome = await host
            .Broker.Local.ReceiveAsync(ServiceBusHost.Token)
            .AsTask()
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);

        Assert.Equal(("cancelled", "message-1"), (outcome.Message.Property("outcome"), outcome.Message.CorrelationId));
        Assert.Equal(value == "off", host.ServiceBusConnectionString is null);
    }

    [Fact]
    public async Task Serves_a_Service_Bus_client()
    {
        await using var host = await ServiceBusHost.StartAsync();
        await using var receiver = host.Client.CreateReceiver("cancel-results", "local");
        await host.SendAsync(
            "cancel-requests",
            new ServiceBusMessage("""{"orderId":"1443"}""") { MessageId = "by AMQP", ContentType = "application/json" }
        );

        var outcome = await receiver.ReceiveMessageAsync(ServiceBusHost.Patience, ServiceBusHost.Token);

        Assert.Equal(
            ("cancelled", "queue", "by AMQP", "application/json"),
            (
                outcome.ApplicationProperties["outcome"],
                outcome.ApplicationProperties["trigger"],
                outcome.CorrelationId,
                outcome.ContentType
            )
        );
        await receiver.CompleteMessageAsync(outcome, ServiceBusHost.Token);
    }

    [Fact]
    public async Task Renews_the_lock_of_a_message_in_hand()
    {
        await using var host = await ServiceBusHost.StartAsync(("LocalHost__LockDuration", "00:00:01"));
        var queue = host.Host.Broker.Requests;
        var held = host.Host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);
        queue.Send(Cancel("message-1"));
        await held.Arrived.WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);

        for (var passed = 0; passed < 3; passed++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(0.7));
            await ManyChangesAsync(queue);
        }

        Assert.Equal(new QueueCounts(0, 1, 0), queue.Counts);
        held.Release();
        await queue
            .WhenAsync(counts => counts.IsIdle, ServiceBusHost.Token)
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
        Assert.Equal(1, host.Host.Simulator.Order("1443").CancelCalls);
    }

    [Theory]
    [InlineData(FaultKind.ConnectionDropped)]
    [InlineData(FaultKind.LinkDetached)]
    public async Task Does_every_message_once_over_a_connection_that_breaks_again_and_again(FaultKind kind)
    {
        // By the real clock: what is on its way when its connection breaks comes again when its lock has ended.
        const int count = 20;
        await using var host = Create("LocalHost__LockDuration", "00:00:01");
        await host.StartAsync(ServiceBusHost.Token);
        host.Faults.Settings = new FaultSettings
        {
            Seed = 1,
            Rates = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(kind, 0.2)]),
        };
        for (var message = 0; message < count; message++)
        {
            host.Broker.Requests.Send(Cancel($"message-{message}"));
        }

        HashSet<string> outcomes = [];
        while (outcomes.Count < count)
        {
            var outcome = await host
                .Broker.Local.ReceiveAsync(ServiceBusHost.Token)
                .AsTask()
                .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
            if (host.Broker.Local.TryComplete(outcome))
            {
                Assert.True(outcomes.Add(outcome.Message.CorrelationId!));
            }
        }

        await host
            .Broker.Requests.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 0 }, ServiceBusHost.Token)
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
        Assert.Equal(default, host.Broker.Requests.DeadLetters!.Counts);
        Assert.Equal(0, host.Broker.Local.Counts.Ready);
        Assert.True(host.Faults.CountOf(kind) > 2);
    }

    [Fact]
    public async Task Renews_the_lock_of_an_outcome_that_is_being_recorded()
    {
        var half = TimeSpan.FromSeconds(0.5);
        TimerClock clock = new(half);
        await using var host = Create("LocalHost__LockDuration", "00:00:01", clock);
        await host.StartAsync(ServiceBusHost.Token);
        host.Faults.Settings = new FaultSettings
        {
            SlowFor = TimeSpan.FromSeconds(1.9),
            Rates = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([
                KeyValuePair.Create(FaultKind.TablesSlow, 1.0),
            ]),
        };
        host.Broker.Requests.Send(Cancel("message-1"));

        for (var passed = 0; passed < 3; passed++)
        {
            await clock.TimerAsync();
            clock.Advance(half);
        }

        await clock.TimerAsync();
        var outcome = Assert.Single(host.Broker.Records.Peek(0, 10));
        Assert.Equal((MessageState.Locked, 1), (outcome.State, outcome.DeliveryCount));
        host.Faults.Settings = FaultSettings.None;
        clock.Advance(half);
        await host
            .Broker.Records.WhenAsync(counts => counts.IsIdle, ServiceBusHost.Token)
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
    }

    private static LocalApp Create(string name, string value, TimeProvider? clock = null) =>
        LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock ?? TimeProvider.System,
                Quiet = true,
                Settings = new Dictionary<string, string?> { [name] = value },
            }
        );

    private static BrokerMessage Cancel(string id) =>
        new()
        {
            MessageId = id,
            ContentType = "application/json",
            Body = """{"orderId":"1443"}"""u8.ToArray(),
        };

    /// <summary>A clock that stands still, and shows when something waits for a certain time.</summary>
    private sealed class TimerClock(TimeSpan time) : FakeTimeProvider(TimeProvider.System.GetUtcNow())
    {
        private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

        public Task<TimeSpan> TimerAsync() =>
            _timers
                .Reader.ReadAsync(ServiceBusHost.Token)
                .AsTask()
                .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == time)
            {
                _timers.Writer.TryWrite(dueTime);
            }

            return timer;
        }
    }

    /// <summary>More changes than come by anything but renewals: so short a lock is renewed all the time.</summary>
    private static Task ManyChangesAsync(MessageQueue queue)
    {
        var changes = 0;
        return queue
            .WhenAsync(_ => Interlocked.Increment(ref changes) > 20, ServiceBusHost.Token)
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
    }
}
