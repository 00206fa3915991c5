using System.Net;

namespace ServiceBusEmulator.Tests;

/// <summary>Injected faults, for senders and receivers over AMQP and HTTP.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Queue = "orders";
    private const string Topic = "events";
    private const string Nothing = "nothing";
    private const string Refuse = "refuse";
    private const string Hang = "hang";

    private RunningEmulator _emulator = null!;

    /// <summary>
    /// The fault, the entity, the result of sending over AMQP and over HTTP, and whether the message arrives.
    /// </summary>
    public static TheoryData<string, string, SendResult, SendResult, bool> OfSenders =>
        new()
        {
            { Nothing, Queue, SendResult.Stored, SendResult.Stored, true },
            { Nothing, Topic, SendResult.Stored, SendResult.Stored, true },
            { Refuse, Queue, SendResult.Refused, SendResult.Refused, false },
            { Refuse, Topic, SendResult.Refused, SendResult.Refused, false },
            { Hang, Queue, SendResult.NotAnswered, SendResult.NotAnswered, false },
            { Hang, Topic, SendResult.NotAnswered, SendResult.NotAnswered, false },
            { nameof(OperationFault.QueueRefusal), Queue, SendResult.Refused, SendResult.Refused, false },
            { nameof(OperationFault.QueueRefusal), Topic, SendResult.Stored, SendResult.Stored, true },
            { nameof(OperationFault.TopicRefusal), Queue, SendResult.Stored, SendResult.Stored, true },
            { nameof(OperationFault.TopicRefusal), Topic, SendResult.Refused, SendResult.Refused, false },
            { nameof(OperationFault.QueueAnswerLost), Queue, SendResult.Failed, SendResult.Failed, true },
            { nameof(OperationFault.TopicAnswerLost), Topic, SendResult.Failed, SendResult.Failed, true },
            { nameof(OperationFault.ConnectionDropped), Queue, SendResult.CutOff, SendResult.CutOff, true },
            { nameof(OperationFault.ConnectionDropped), Topic, SendResult.CutOff, SendResult.CutOff, true },
            { nameof(OperationFault.LinkDetached), Queue, SendResult.CutOff, SendResult.Stored, true },
            { nameof(OperationFault.LinkDetached), Topic, SendResult.CutOff, SendResult.Stored, true },
        };

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [MemberData(nameof(OfSenders))]
    public async Task Happens_to_senders(
        string fault,
        string entity,
        SendResult byAmqp,
        SendResult byRest,
        bool arrives
    )
    {
        Inject(fault, entity);
        var arrived = _emulator.Queue(entity == Topic ? "events/subscriptions/all" : entity);
        var hung = 0;
        foreach (var isLater in (bool[])[false, true])
        {
            foreach (
                var (sender, expected) in ((ITestSender, SendResult)[])
                    [(new AmqpSender(_emulator), byAmqp), (new RestSender(_emulator), byRest)]
            )
            {
                var before = arrived.Counts.Ready;
                DateTimeOffset? dueAt = isLater ? _emulator.Clock.GetUtcNow().AddSeconds(30) : null;
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(RunningEmulator.Token);
                var sending = sender.SendAsync(entity, dueAt, patience.Token);
                if (fault == Hang)
                {
                    var met = ++hung;
                    await RunningEmulator.UntilAsync(() => _emulator.Faults.Admissions == met);
                    await patience.CancelAsync();
                }

                Assert.Equal(expected, await sending.WaitAsync(RunningEmulator.Patience, RunningEmulator.Token));
                _emulator.Clock.Advance(TimeSpan.FromMinutes(1));
                Assert.Equal(arrives ? before + 1 : before, arrived.Counts.Ready);
            }
        }
    }

    [Theory]
    [InlineData(nameof(DeliveryFault.Redelivery), false)]
    [InlineData(nameof(DeliveryFault.Redelivery), true)]
    [InlineData(nameof(DeliveryFault.LockLost), false)]
    [InlineData(nameof(DeliveryFault.LockLost), true)]
    [InlineData(nameof(OperationFault.ConnectionDropped), false)]
    [InlineData(nameof(OperationFault.ConnectionDropped), true)]
    [InlineData(nameof(OperationFault.LinkDetached), false)]
    public async Task Happens_to_receivers(string fault, bool byRest)
    {
        // Only queues lose locks and redeliver, and only as often as a message may be delivered.
        await _emulator.SendAsync("graveyard", Messages.Of("a"));
        var queue = _emulator.Queue("graveyard");
        var injected = Inject(fault, "graveyard")!;

        var deliveries = byRest ? await ReceiveByRestAsync(queue) : await ReceiveByAmqpAsync(queue);

        Assert.Equal(default, queue.Counts);
        Assert.InRange(_emulator.Faults.CountOf(injected), 1, 10);
        Assert.InRange(deliveries, injected is DeliveryFault ? 2 : 1, 10);
    }

    private Enum? Inject(string name, string entity)
    {
        switch (name)
        {
            case Nothing:
                return null;
            case Refuse:
                _emulator.Faults.RefuseAll(entity);
                return null;
            case Hang:
                _emulator.Faults.HangAll(entity);
                return null;
        }

        Enum fault = Enum.TryParse<DeliveryFault>(name, out var delivery) ? delivery : Enum.Parse<OperationFault>(name);
        _emulator.Faults.Always(fault);
        return fault;
    }

    private async Task<int> ReceiveByRestAsync(MessageQueue queue)
    {
        var deliveries = 0;
        while (queue.Counts != default)
        {
            try
            {
                // Empty while the previous message, although completely read, has not left the queue yet.
                var response = await _emulator.Rest.DeleteAsync("graveyard/messages/head?timeout=0");
                deliveries += response.Status == HttpStatusCode.OK ? 1 : 0;
            }
            catch (HttpRequestException)
            {
                // The connection was dropped: the message is delivered again, this time without a fault.
                _emulator.Faults.Stop();
            }
        }

        return deliveries;
    }

    private async Task<int> ReceiveByAmqpAsync(MessageQueue queue)
    {
        await using var receiver = _emulator.Receiver("graveyard");
        var deliveries = 0;
        while (queue.Counts != default)
        {
            try
            {
                if (await receiver.ReceiveMessageAsync(RunningEmulator.Moment, RunningEmulator.Token) is { } message)
                {
                    deliveries++;
                    await receiver.CompleteMessageAsync(message, RunningEmulator.Token);
                    continue;
                }
            }
            catch (ServiceBusException)
            {
                // The lock or the connection was lost.
            }

            if (
                _emulator.Faults.CountOf(OperationFault.ConnectionDropped) > 0
                || _emulator.Faults.CountOf(OperationFault.LinkDetached) > 0
            )
            {
                // The message is locked by a receiver that is gone.
                _emulator.Faults.Stop();
                _emulator.Clock.Advance(TimeSpan.FromMinutes(2));
            }
        }

        return deliveries;
    }
}
