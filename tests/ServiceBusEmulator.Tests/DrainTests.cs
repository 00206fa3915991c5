using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// A drain is answered with the flag and without credit (AMQP 1.0 part 2, section 2.6.7). rhea, which the JavaScript
/// client uses, waits for the flag; without it the client closes its link and loses the locks of its messages
/// (azure-sdk-for-js, `receiveMessages`).
/// </summary>
public sealed class DrainTests : IAsyncLifetime
{
    private RunningEmulator _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    /// <summary>The number of ready messages, the credit of the drain, and the expected number of deliveries.</summary>
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 100, 0)]
    [InlineData(3, 0, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 3, 3)]
    [InlineData(24, 100, 24)]
    public async Task Uses_up_the_credit_and_reports_it(int ready, uint credit, int deliveries)
    {
        await SendAsync(ready);
        using var client = await ReceiverAsync("orders");

        await client.SendAsync(Drain(credit, deliveryCount: 0));

        Assert.Equal(deliveries, await DrainedAsync(client, expectedCount: credit));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_a_drain_of_credit_that_was_granted_before(bool echo)
    {
        await SendAsync(2);
        using var client = await ReceiverAsync("orders");
        await client.SendAsync(Credit(10, deliveryCount: 0));
        await client.ReceiveAsync<Transfer>();
        await client.ReceiveAsync<Transfer>();

        var drain = Drain(8, deliveryCount: 2);
        drain.Echo = echo;
        await client.SendAsync(drain);

        Assert.Equal(0, await DrainedAsync(client, expectedCount: 10));
    }

    [Fact]
    public async Task Answers_every_drain_and_delivers_again_for_new_credit()
    {
        using var client = await ReceiverAsync("orders");
        await client.SendAsync(Drain(5, deliveryCount: 0));
        await DrainedAsync(client, expectedCount: 5);
        await client.SendAsync(Drain(0, deliveryCount: 5));
        await DrainedAsync(client, expectedCount: 5);
        await client.SendAsync(Drain(7, deliveryCount: 5));
        await DrainedAsync(client, expectedCount: 12);

        // Nothing is delivered without credit: this message waits for it.
        await SendAsync(1);
        await client.SendAsync(Drain(0, deliveryCount: 12));
        Assert.Equal(0, await DrainedAsync(client, expectedCount: 12));
        await client.SendAsync(Credit(1, deliveryCount: 12));
        await client.ReceiveAsync<Transfer>();
    }

    [Fact]
    public async Task Delivers_nothing_after_its_answer_while_messages_arrive()
    {
        using var client = await ReceiverAsync("orders");
        using CancellationTokenSource ended = new();
        var sending = Task.Run(
            async () =>
            {
                while (!ended.IsCancellationRequested)
                {
                    await SendAsync(1);
                }
            },
            RunningEmulator.Token
        );

        for (var count = 0U; count < 1000; count += 20)
        {
            await client.SendAsync(Credit(20, count));
            await client.SendAsync(Drain(20, count));
            await DrainedAsync(client, expectedCount: count + 20);
        }

        await ended.CancelAsync();
        await sending;
    }

    [Theory]
    [InlineData("$cbs")]
    [InlineData("orders/$management")]
    public async Task Answers_on_response_links_too(string address)
    {
        using var client = await ReceiverAsync(address);
        await client.SendAsync(Drain(50, deliveryCount: 0));
        await DrainedAsync(client, expectedCount: 50);
    }

    private async Task SendAsync(int count)
    {
        if (count > 0)
        {
            await _emulator.SendAsync(
                "orders",
                [.. Enumerable.Range(0, count).Select(_ => Messages.Of($"{Guid.NewGuid()}"))]
            );
        }
    }

    private async Task<RawClient> ReceiverAsync(string address)
    {
        var client = await RawClient.BeginAsync(_emulator);
        await client.AttachReceiverAsync(address);
        return client;
    }

    private static Flow Credit(uint credit, uint deliveryCount) =>
        new()
        {
            Handle = 0,
            LinkCredit = credit,
            DeliveryCount = deliveryCount,
            NextIncomingId = 0,
            IncomingWindow = 100_000,
            NextOutgoingId = 0,
            OutgoingWindow = 10_000,
        };

    private static Flow Drain(uint credit, uint deliveryCount)
    {
        var flow = Credit(credit, deliveryCount);
        flow.Drain = true;
        return flow;
    }

    /// <summary>Reads up to the answer and returns the number of deliveries before it.</summary>
    private static async Task<int> DrainedAsync(RawClient client, uint expectedCount)
    {
        var deliveries = 0;
        var answer = await client.ReceiveAsync();
        while (answer is Transfer)
        {
            deliveries++;
            answer = await client.ReceiveAsync();
        }

        var flow = Assert.IsType<Flow>(answer);
        Assert.Equal((true, 0U, expectedCount), (flow.Drain, flow.LinkCredit, flow.DeliveryCount));
        return deliveries;
    }
}
