using System.Text;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// A host or its worker stops while messages are in progress. The app's queue function runs in a real worker, and its
/// host uses the real client.
/// </summary>
public sealed class QueueTests(Platform platform)
{
    private const int Messages = 24;

    /// <summary>The maximum of host.json.</summary>
    private const int AtOnce = 16;

    /// <summary>
    /// The host is killed with its worker. No message is abandoned, and each is redelivered when its lock expires.
    /// </summary>
    [Fact]
    public async Task A_kill_loses_no_outcome_and_gives_none_twice()
    {
        const string queue = "killed-requests";
        await using var first = await platform.StartQueueWorkerAsync(queue);
        var orders = await SendAsync(queue);
        await TakenAsync(orders);

        // Some are finished, some wait for the provider, some are just being received.
        orders.Take(AtOnce / 2).ToList().ForEach(static order => order.Held.Release());
        await Task.WhenAll(orders.Take(AtOnce / 2).Select(order => platform.Bus.OutcomeAsync(order.MessageId)));
        await first.DisposeAsync();
        orders.ForEach(static order => order.Held.Release());

        await using var second = await platform.StartQueueWorkerAsync(queue);
        await AssertEndedAsync(queue, orders);
    }

    /// <summary>The Functions host cancels the token of every invocation as soon as it is asked to stop.</summary>
    [Fact]
    public async Task A_host_that_stops_abandons_nothing_and_no_order_is_cancelled_twice()
    {
        const string queue = "stopped-requests";
        await using var app = await platform.StartQueueWorkerAsync(queue);
        var orders = await SendAsync(queue);
        await TakenAsync(orders);
        var stopped = app.Host.StopAsync(Platform.Token);
        orders.ForEach(static order => order.Held.Release());
        Assert.Equal(0, await stopped.WaitAsync(Platform.Patience, Platform.Token));

        // An abandoned message would be in the queue again.
        Assert.InRange(platform.Queue(queue).Counts.Ready, 0, Messages - AtOnce);
        await Task.WhenAll(orders.Take(AtOnce).Select(order => platform.Bus.OutcomeAsync(order.MessageId)));

        await using var next = await platform.StartQueueWorkerAsync(queue);
        await AssertEndedAsync(queue, orders);
        Assert.All(orders, static order => Assert.Equal(1, order.Order.CancelCalls));
    }

    [Fact]
    public async Task A_worker_that_ends_by_itself_is_started_again_and_no_order_is_cancelled_twice()
    {
        const string queue = "terminated-requests";
        await using var app = await platform.StartQueueWorkerAsync(queue);
        var orders = await SendAsync(queue);
        await TakenAsync(orders);
        app.Worker.Process.Terminate();
        orders.ForEach(static order => order.Held.Release());
        Assert.Equal(
            143,
            await app.Worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
        );
        await AssertEndedAsync(queue, orders);
        Assert.All(orders, static order => Assert.Equal(1, order.Order.CancelCalls));
    }

    private static Task TakenAsync(List<(SimulatedOrder Order, HeldCall Held, string MessageId)> orders) =>
        Task.WhenAll(orders.Take(AtOnce).Select(static order => order.Held.Arrived))
            .WaitAsync(Platform.Patience, Platform.Token);

    /// <summary>Sends a message for each of several orders. The provider blocks the first call of each.</summary>
    private async Task<List<(SimulatedOrder Order, HeldCall Held, string MessageId)>> SendAsync(string queue)
    {
        var orders = Enumerable
            .Range(0, Messages)
            .Select(_ => platform.Order())
            .Select(static order => (order, order.Hold(ProviderOperation.Cancel), $"message-{order.OrderId}"))
            .ToList();
        foreach (var (order, _, messageId) in orders)
        {
            await platform.Bus.SendAsync(
                queue,
                new ServiceBusMessage(Encoding.UTF8.GetBytes($$"""{"orderId":"{{order.OrderId}}"}"""))
                {
                    MessageId = messageId,
                    ContentType = "application/json",
                }
            );
        }

        return orders;
    }

    /// <summary>Each request has one correct event, and the queue is empty.</summary>
    private async Task AssertEndedAsync(
        string queue,
        List<(SimulatedOrder Order, HeldCall Held, string MessageId)> orders
    )
    {
        var requests = platform.Queue(queue);
        await Task.WhenAll(orders.Select(order => platform.Bus.OutcomeAsync(order.MessageId)));
        await requests
            .WhenAsync(static counts => counts.IsIdle, Platform.Token)
            .WaitAsync(Platform.Patience, Platform.Token);
        Assert.Equal((0, 0), (requests.Counts.Scheduled, requests.DeadLetters!.Counts.Ready));
        Assert.All(
            orders,
            order =>
            {
                Assert.Equal(
                    "cancelled",
                    Assert.Single(platform.Bus.OutcomesOf(order.MessageId)).ApplicationProperties["outcome"]
                );
                Assert.Equal(OrderStates.Cancelled, order.Order.Status);
            }
        );
    }
}
