namespace Onramp.Cancellation.Tests;

/// <summary>Messages with a time: an order system arms a timeout without HTTP.</summary>
public sealed class ArmingMessageTests
{
    [Theory]
    [InlineData("""{"orderId":"1443","after":"PT30M"}""", 30 * 60)]
    [InlineData("""{"orderId":"1443","at":"2023-11-14T22:43:20Z"}""", 30 * 60)]
    [InlineData("""{"orderId":"1443","after":"P30D"}""", 30 * 24 * 60 * 60)]
    public async Task A_message_with_a_due_time_arms_a_timeout_and_is_completed(string body, int seconds)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(Settlement.Complete, await service.HandleAsync(body));
        var (message, dueAt) = Assert.Single(service.Queue.Scheduled).Value;
        Assert.Equal(service.Time.GetUtcNow().AddSeconds(seconds), dueAt);
        Assert.Equal("timeout", message.Property("trigger"));
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);

        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(message)));
        Assert.Equal(
            ("timeout", "message-1"),
            (Assert.Single(service.Topic.Events).Property("trigger"), service.Topic.Events[0].CorrelationId)
        );
    }

    [Fact]
    public async Task An_event_arms_as_a_bare_body_does()
    {
        await using var service = await Service.StartAsync();
        await service.HandleAsync(
            """{"specversion":"1.0","id":"event-1","source":"/shop","type":"order.created","data":{"orderId":"1443","after":"PT30M"}}""",
            "application/cloudevents+json"
        );
        Assert.Equal(
            ("event-1", "/shop"),
            (
                Assert.Single(service.Queue.Scheduled).Value.Message.Property("onrampCancel_requestId"),
                service.Queue.Scheduled[1].Message.Property("onrampCancel_source")
            )
        );
    }

    [Fact]
    public async Task A_message_that_is_delivered_twice_arms_once()
    {
        await using var service = await Service.StartAsync();
        service.Queue.DetectsDuplicates = true;
        await service.HandleAsync("""{"orderId":"1443","after":"PT30M"}""");
        service.Time.Advance(TimeSpan.FromMinutes(1));
        await service.HandleAsync("""{"orderId":"1443","after":"PT30M"}""");
        Assert.Single(service.Queue.Scheduled);
    }

    [Theory]
    [InlineData("""{"orderId":"1443","at":"2023-11-14T22:13:20Z"}""")]
    [InlineData("""{"orderId":"1443","at":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"orderId":"1443","after":"PT0S"}""")]
    public async Task An_overdue_message_cancels_an_unpaid_order_immediately(string body)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(1));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(body));
        Assert.Empty(service.Queue.Scheduled);
        Assert.Equal(
            ("not_cancellable", "timeout"),
            (Assert.Single(service.Topic.Events).Property("outcome"), service.Topic.Events[0].Property("trigger"))
        );
    }

    [Theory]
    [InlineData("""{"orderId":"1443","after":"P31D"}""", "/after")]
    [InlineData("""{"orderId":"1443","at":"9999-12-31T23:59:59Z"}""", "/at")]
    [InlineData("""{"orderId":"1443","after":"PT1M","at":"2023-11-14T22:43:20Z"}""", "exactly one of after and at")]
    [InlineData("""{"orderId":"1443","after":"1 hour"}""", "/after")]
    public async Task A_message_with_an_invalid_due_time_is_dead_lettered(string body, string expected)
    {
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync(body);
        Assert.Equal("InvalidMessage", settlement.Reason);
        Assert.Contains(expected, settlement.Description, StringComparison.Ordinal);
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task A_timeout_that_fires_cannot_arm_again()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(
            "InvalidMessage",
            (
                await service.HandleAsync("""{"orderId":"1443","after":"PT30M"}""", properties: ("trigger", "timeout"))
            ).Reason
        );
    }

    [Fact]
    public async Task A_message_that_cannot_be_armed_is_held_and_then_abandoned()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Refuses = true;
        Assert.Equal(
            SettlementKind.Abandon,
            (await service.HandleAsync("""{"orderId":"1443","after":"PT30M"}""")).Kind
        );
    }
}
