using System.Collections.Frozen;
using System.Net;

namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>What goes wrong in the broker on purpose, for whoever sends or receives, over AMQP or by HTTP.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Queue = "cancel-requests";
    private const string Topic = "cancel-results";

    private Broker _broker = null!;

    /// <summary>
    /// What goes wrong, where, what its sender is told over AMQP and by HTTP, and whether the message is there
    /// afterwards.
    /// </summary>
    public static TheoryData<string, string, SendingEnd, SendingEnd, bool> OfSenders =>
        new()
        {
            { "nothing", Queue, SendingEnd.Taken, SendingEnd.Taken, true },
            { "nothing", Topic, SendingEnd.Taken, SendingEnd.Taken, true },
            { "refuse", Queue, SendingEnd.Refused, SendingEnd.Refused, false },
            { "refuse", Topic, SendingEnd.Refused, SendingEnd.Refused, false },
            { "hang", Queue, SendingEnd.NotAnswered, SendingEnd.NotAnswered, false },
            { "hang", Topic, SendingEnd.NotAnswered, SendingEnd.NotAnswered, false },
            { "schedule-refused", Queue, SendingEnd.Refused, SendingEnd.Refused, false },
            { "schedule-refused", Topic, SendingEnd.Taken, SendingEnd.Taken, true },
            { "publish-refused", Queue, SendingEnd.Taken, SendingEnd.Taken, true },
            { "publish-refused", Topic, SendingEnd.Refused, SendingEnd.Refused, false },
            { "schedule-answer-lost", Queue, SendingEnd.Failed, SendingEnd.Failed, true },
            { "publish-answer-lost", Topic, SendingEnd.Failed, SendingEnd.Failed, true },
            { "connection-dropped", Queue, SendingEnd.CutOff, SendingEnd.CutOff, true },
            { "connection-dropped", Topic, SendingEnd.CutOff, SendingEnd.CutOff, true },
            { "link-detached", Queue, SendingEnd.CutOff, SendingEnd.Taken, true },
            { "link-detached", Topic, SendingEnd.CutOff, SendingEnd.Taken, true },
        };

    public async ValueTask InitializeAsync() => _broker = await Broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(OfSenders))]
    public async Task Meets_whoever_sends(
        string fault,
        string entity,
        SendingEnd byAmqp,
        SendingEnd byHttp,
        bool arrives
    )
    {
        _broker.Host.Faults.Settings = Settings(fault, entity);
        var (arrived, hung) = (0, 0);
        _broker.Host.Broker.Requests.Accepted += _ => arrived++;

        foreach (var isLater in (bool[])[false, true])
        {
            foreach (
                var (sender, expected) in ((IFaultySender, SendingEnd)[])
                    [(new AmqpSender(_broker), byAmqp), (new HttpSender(_broker), byHttp)]
            )
            {
                var before = Arrived();
                DateTimeOffset? dueAt = isLater ? _broker.Clock.GetUtcNow().AddSeconds(30) : null;
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Broker.Token);
                var sending = sender.SendAsync(entity, dueAt, patience.Token);
                if (fault == "hang")
                {
                    var met = ++hung;
                    await Broker.UntilAsync(() => _broker.Host.Faults.Injected.Values.Sum() == met);
                    await patience.CancelAsync();
                }

                Assert.Equal(expected, await sending.WaitAsync(Broker.Patience, Broker.Token));
                _broker.Clock.Advance(TimeSpan.FromMinutes(1));
                Assert.Equal(arrives ? before + 1 : before, Arrived());
            }
        }

        int Arrived() => entity == Queue ? arrived : _broker.Host.Broker.Local.Counts.Ready;
    }

    [Theory]
    [InlineData("redelivery", false)]
    [InlineData("redelivery", true)]
    [InlineData("lock-lost", false)]
    [InlineData("lock-lost", true)]
    [InlineData("connection-dropped", false)]
    [InlineData("connection-dropped", true)]
    [InlineData("link-detached", false)]
    public async Task Meets_whoever_receives(string fault, bool byHttp)
    {
        // Only queues lose locks and deliver again, and only as often as a message may be delivered.
        await _broker.SendAsync("graveyard", Messages.Of("a"));
        Assert.True(_broker.Host.Broker.TryFind("graveyard", out var queue));
        _broker.Host.Faults.Settings = Settings(fault, Queue);

        var deliveries = byHttp ? await ReceiveByHttpAsync(queue) : await ReceiveByAmqpAsync(queue);

        Assert.Equal(default, queue.Counts);
        Assert.InRange(_broker.Host.Faults.Injected[fault], 1, 10);
        Assert.InRange(deliveries, fault is "redelivery" or "lock-lost" ? 2 : 1, 10);
    }

    private static FaultSettings Settings(string fault, string entity) =>
        fault switch
        {
            "nothing" => FaultSettings.None,
            "refuse" or "hang" => FaultSettings.None with
            {
                Queue = entity == Queue ? Enum.Parse<BrokerState>(fault, ignoreCase: true) : BrokerState.Ok,
                Topic = entity == Topic ? Enum.Parse<BrokerState>(fault, ignoreCase: true) : BrokerState.Ok,
            },
            _ => FaultSettings.None with
            {
                Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultNames.Parse(fault), 1.0)]),
            },
        };

    private async Task<int> ReceiveByHttpAsync(MessageQueue queue)
    {
        using HttpClient http = new() { BaseAddress = _broker.Host.BaseAddress };
        var deliveries = 0;
        while (queue.Counts != default)
        {
            try
            {
                // Without a message while the last one, read to its end, has not left the queue yet.
                using var answer = await http.DeleteAsync(
                    new Uri("graveyard/messages/head?timeout=0", UriKind.Relative),
                    Broker.Token
                );
                deliveries += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
            }
            catch (HttpRequestException)
            {
                // Cut off: it comes again, and is let through.
                _broker.Host.Faults.Settings = FaultSettings.None;
            }
        }

        return deliveries;
    }

    private async Task<int> ReceiveByAmqpAsync(MessageQueue queue)
    {
        await using var receiver = _broker.Receiver("graveyard");
        var deliveries = 0;
        while (queue.Counts != default)
        {
            try
            {
                if (await receiver.ReceiveMessageAsync(Broker.Moment, Broker.Token) is { } message)
                {
                    deliveries++;
                    await receiver.CompleteMessageAsync(message, Broker.Token);
                    continue;
                }
            }
            catch (ServiceBusException)
            {
                // The lock was lost, or the connection.
            }

            if (
                _broker.Host.Faults.CountOf(FaultKind.ConnectionDropped)
                    + _broker.Host.Faults.CountOf(FaultKind.LinkDetached)
                > 0
            )
            {
                // It is under a lock whose receiver is gone.
                _broker.Host.Faults.Settings = FaultSettings.None;
                _broker.Clock.Advance(TimeSpan.FromMinutes(2));
            }
        }

        return deliveries;
    }
}
