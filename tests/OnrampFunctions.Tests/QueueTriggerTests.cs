using Azure.Messaging.ServiceBus;
using OnrampFunctions.Triggers;

namespace OnrampFunctions.Tests;

/// <summary>The Service Bus function through its public method.</summary>
public sealed class QueueTriggerTests
{
    [Theory]
    [InlineData(200, -3)]
    [InlineData(400, 1)]
    [InlineData(400, 0)]
    [InlineData(417, 417)]
    public async Task A_terminal_outcome_is_published_and_the_message_completed(int cancel, int get)
    {
        await using var app = await App.StartAsync();
        app.Provider.Cancel = cancel == 200 ? app.Provider.Cancel : (cancel, """{"status":0,"error":"words"}""");
        app.Provider.Get = get < 10 ? (200, $$$"""{"status":1,"data":{"status":{{{get}}}}}""") : (get, """{"status":0,"error":"words"}""");
        Assert.Equal(["complete"], await RunAsync(app, Message()));
        Assert.Equal("message-1", Assert.Single(app.Bus.Sent["cancel-results"]).CorrelationId);
    }

    [Fact]
    public async Task A_failed_cancel_is_scheduled_again_with_everything_the_message_had_and_completed()
    {
        await using var app = await App.StartAsync(("Queue:RetryJitter", "0"));
        app.Provider.Cancel = app.Provider.Get = (502, "<html>");
        Assert.Equal(["complete"], await RunAsync(app, Message(properties: new() { ["tenant"] = "a", ["Diagnostic-Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" })));
        var (copy, dueAt) = Assert.Single(app.Bus.Scheduled).Value;
        Assert.Equal(app.Time.GetUtcNow() + TimeSpan.FromSeconds(5), dueAt);
        Assert.Equal(("""{"orderId":"1443"}""", "application/json", "correlation-1"), (copy.Body.ToString(), copy.ContentType, copy.CorrelationId));
        Assert.Equal(("a", 2, "message-1"), (copy.ApplicationProperties["tenant"], copy.ApplicationProperties["onrampCancel_delivery"], copy.ApplicationProperties["onrampCancel_requestId"]));
        Assert.NotEqual("message-1", copy.MessageId);
        Assert.False(app.Bus.Sent.ContainsKey("cancel-results"));
    }

    [Fact]
    public async Task The_last_failure_is_published_and_dead_lettered_with_its_reason()
    {
        await using var app = await App.StartAsync();
        app.Provider.Cancel = app.Provider.Get = (502, "<html>");
        var settled = Assert.Single(await RunAsync(app, Message(properties: new() { ["onrampCancel_delivery"] = 6 })));
        Assert.StartsWith("dead-letter DeliveriesExhausted: unavailable after 6 deliveries", settled, StringComparison.Ordinal);
        Assert.Equal("failed", Assert.Single(app.Bus.Sent["cancel-results"]).ApplicationProperties["outcome"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("{\"orderId\":\"1443\",\"onlyIfunpaid\":true}")]
    public async Task A_malformed_message_is_dead_lettered_at_once(string body)
    {
        await using var app = await App.StartAsync();
        Assert.StartsWith("dead-letter InvalidMessage: ", Assert.Single(await RunAsync(app, Message(body))), StringComparison.Ordinal);
        Assert.Empty(app.Provider.Calls);
    }

    [Fact]
    public async Task A_topic_that_refuses_makes_the_message_come_back_later()
    {
        await using var app = await App.StartAsync();
        app.Bus.Faults["cancel-results"] = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        Assert.Equal(["complete"], await RunAsync(app, Message()));
        Assert.Contains("onrampCancel_outcome", Assert.Single(app.Bus.Scheduled).Value.Message.ApplicationProperties.Keys);
    }

    [Fact]
    public async Task A_topic_and_a_queue_that_refuse_give_the_message_back_with_what_is_known()
    {
        await using var app = await App.StartAsync();
        app.Bus.Faults["cancel-results"] = app.Bus.Faults["cancel-requests"] = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        Assert.Equal(["abandon with onrampCancel_outcome, onrampCancel_outcomeMac, onrampCancel_publications"], await RunAsync(app, Message()));
    }

    [Fact]
    public async Task A_retry_that_cannot_be_scheduled_gives_the_message_back()
    {
        await using var app = await App.StartAsync();
        app.Provider.Cancel = app.Provider.Get = (502, "<html>");
        app.Bus.Faults["cancel-requests"] = new ServiceBusException("Full", ServiceBusFailureReason.QuotaExceeded);
        Assert.Equal(["abandon"], await RunAsync(app, Message()));
    }

    [Fact]
    public async Task A_fault_in_the_core_gives_the_message_back()
    {
        await using var app = await App.StartAsync();
        app.Provider.Fault = new InvalidOperationException();
        Assert.Equal(["abandon"], await RunAsync(app, Message()));
    }

    [Fact]
    public async Task A_host_that_stops_gives_the_message_back_although_its_token_is_cancelled()
    {
        await using var app = await App.StartAsync();
        Assert.Equal(["abandon"], await RunAsync(app, Message(), stopped: true));
    }

    [Fact]
    public async Task A_lock_lost_while_settling_is_no_fault_of_the_function()
    {
        await using var app = await App.StartAsync();
        var actions = new FakeActions { Fault = new ServiceBusException("Lost", ServiceBusFailureReason.MessageLockLost) };
        Assert.Equal(["complete"], await RunAsync(app, Message(), actions));
    }

    [Fact]
    public async Task A_message_delivered_twice_gives_one_and_the_same_event()
    {
        await using var app = await App.StartAsync();
        await RunAsync(app, Message());
        app.Provider.Cancel = (400, """{"status":0,"error":"Already cancelled"}""");
        app.Provider.Get = (200, """{"status":1,"data":{"status":-3}}""");
        Assert.Equal(["complete"], await RunAsync(app, Message()));
        Assert.Single(app.Bus.Sent["cancel-results"].Select(sent => sent.MessageId).Distinct());
    }

    [Fact]
    public async Task Nothing_of_an_event_is_lost_on_its_way_to_the_topic()
    {
        await using var app = await App.StartAsync();
        await RunAsync(app, Message());
        var sent = Assert.Single(app.Bus.Sent["cancel-results"]);
        Assert.Equal(("application/json", "message-1", sent.MessageId), (sent.ContentType, sent.CorrelationId, sent.ApplicationProperties["cloudEvents_id"]));
        Assert.Equal(
            ["cloudEvents_id", "cloudEvents_source", "cloudEvents_specversion", "cloudEvents_subject", "cloudEvents_time", "cloudEvents_type", "outcome", "trigger"],
            sent.ApplicationProperties.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            """{"requestId":"message-1","orderId":"1443","outcome":"cancelled","orderStatus":-3,"attempts":1,"trigger":"queue","requestedAt":"2023-11-14T22:13:20+00:00","completedAt":"2023-11-14T22:13:20+00:00"}""",
            sent.Body.ToString());
    }

    private static ServiceBusReceivedMessage Message(string body = """{"orderId":"1443"}""", Dictionary<string, object>? properties = null)
        => ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: BinaryData.FromString(body),
            messageId: "message-1",
            correlationId: "correlation-1",
            contentType: "application/json",
            properties: properties,
            deliveryCount: 1,
            sequenceNumber: 7,
            enqueuedTime: DateTimeOffset.FromUnixTimeMilliseconds(1700000000000));

    private static async Task<List<string>> RunAsync(
        App app, ServiceBusReceivedMessage message, FakeActions? actions = null, bool stopped = false)
    {
        actions ??= new FakeActions();
        await app.Get<OrderMessages>().RunAsync(message, actions, new CancellationToken(canceled: stopped));
        return actions.Settled;
    }
}
