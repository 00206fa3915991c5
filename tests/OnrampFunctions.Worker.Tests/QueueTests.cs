using System.Text;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Worker.Tests;

/// <summary>The end of a process while messages are under way: the app's queue function with the real client, over the real protocol of the queue.</summary>
public sealed class QueueTests(Platform platform)
{
    private const int Messages = 24;

    /// <summary>As many as host.json lets run at once.</summary>
    private const int AtOnce = 16;

    [Fact]
    public async Task A_kill_loses_no_outcome_and_gives_none_twice()
    {
        const string queue = "killed-requests";
        using var first = Platform.StartQueueWorker(platform.SettingsOf(queue));
        var orders = await SendAsync(queue);
        await Task.WhenAll(orders.Take(AtOnce).Select(static order => order.Held.Arrived)).WaitAsync(Platform.Patience, Platform.Token);

        // Some are finished, some are with the provider, some are just being taken.
        orders.Take(AtOnce / 2).ToList().ForEach(static order => order.Held.Release());
        await Task.WhenAll(orders.Take(AtOnce / 2).Select(order => platform.Bus.OutcomeAsync(order.MessageId)));
        first.Kill();
        orders.ForEach(static order => order.Held.Release());

        using var second = Platform.StartQueueWorker(platform.SettingsOf(queue));
        await AssertEndedAsync(queue, orders);
    }

    [Fact]
    public async Task What_is_under_way_is_finished_before_the_process_ends_and_not_delivered_again()
    {
        const string queue = "stopped-requests";
        using var worker = Platform.StartQueueWorker(platform.SettingsOf(queue));
        var orders = await SendAsync(queue);
        await Task.WhenAll(orders.Take(AtOnce).Select(static order => order.Held.Arrived)).WaitAsync(Platform.Patience, Platform.Token);
        worker.Terminate();
        orders.ForEach(static order => order.Held.Release());
        Assert.Equal(0, await worker.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token));
        await Task.WhenAll(orders.Take(AtOnce).Select(order => platform.Bus.OutcomeAsync(order.MessageId)));

        using var next = Platform.StartQueueWorker(platform.SettingsOf(queue));
        await AssertEndedAsync(queue, orders);
        Assert.All(orders.Take(AtOnce), static order => Assert.Equal(1, order.Order.CancelCalls));
    }

    /// <summary>Sends a message for each of some orders, of which the provider holds the first call.</summary>
    private async Task<List<(SimulatedOrder Order, HeldCall Held, string MessageId)>> SendAsync(string queue)
    {
        var orders = Enumerable.Range(0, Messages).Select(_ => platform.Order()).Select(static order => (order, order.Hold(ProviderOperation.Cancel), $"message-{order.OrderId}")).ToList();
        foreach (var (order, _, messageId) in orders)
        {
            await platform.Bus.SendAsync(queue, new ServiceBusMessage(Encoding.UTF8.GetBytes($$"""{"orderId":"{{order.OrderId}}"}""")) { MessageId = messageId, ContentType = "application/json" });
        }

        return orders;
    }

    /// <summary>Each request has one event, which is true, and the queue holds nothing any more.</summary>
    private async Task AssertEndedAsync(string queue, List<(SimulatedOrder Order, HeldCall Held, string MessageId)> orders)
    {
        var requests = platform.Queue(queue);
        await Task.WhenAll(orders.Select(order => platform.Bus.OutcomeAsync(order.MessageId)));
        await requests.WhenAsync(static counts => counts.IsIdle, Platform.Token).WaitAsync(Platform.Patience, Platform.Token);
        Assert.Equal((0, 0), (requests.Counts.Scheduled, requests.DeadLetters!.Counts.Ready));
        Assert.All(orders, order =>
        {
            Assert.Equal("cancelled", Assert.Single(platform.Bus.OutcomesOf(order.MessageId)).ApplicationProperties["outcome"]);
            Assert.Equal(OrderStates.Cancelled, order.Order.Status);
        });
    }
}
