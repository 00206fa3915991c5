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
        await using var service = await Service.StartAsync(("Timeouts__Spread", "00:00:00"));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(body));
        var (message, dueAt) = Assert.Single(service.Queue.Scheduled).Value;
        Assert.Equal(service.Time.GetUtcNow().AddSeconds(seconds), dueAt);
        Assert.Equal("timeout", message.Property("trigger"));
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);

        service.Time.Advance(TimeSpan.FromSeconds(seconds));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(message)));
        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal("timeout", data.GetProperty("trigger").GetString());
        Assert.Equal(message.Property("onrampCancel_version"), data.GetProperty("requestId").GetString());
    }

    [Fact]
    public async Task An_event_arms_as_a_bare_body_does()
    {
        await using var service = await Service.StartAsync();
        await service.HandleAsync(
            """{"specversion":"1.0","id":"event-1","source":"/shop","type":"order.created","data":{"orderId":"1443","after":"PT30M"}}""",
            "application/cloudevents+json"
        );
        Assert.Single(service.Queue.Scheduled);
        Assert.Equal(200, (await service.ShowAsync()).StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_delivered_again_changes_nothing()
    {
        await using var service = await Service.StartAsync();
        var first = Message("message-1", """{"orderId":"1443","after":"PT30M"}""", service.Time.GetUtcNow());
        await service.HandleAsync(first);
        service.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(first));
        Assert.Single(service.Queue.Scheduled);

        Assert.Equal(204, (await service.DisarmAsync()).StatusCode);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(first));
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task A_newer_message_moves_the_timeout_and_an_older_one_does_not()
    {
        await using var service = await Service.StartAsync();
        var now = service.Time.GetUtcNow();
        await service.HandleAsync(Message("new", """{"orderId":"1443","after":"PT1H"}""", now));
        await service.HandleAsync(Message("old", """{"orderId":"1443","after":"PT2H"}""", now.AddSeconds(-1)));
        Assert.Equal(1, Assert.Single(service.Queue.Scheduled).Key);
        await service.HandleAsync(Message("newer", """{"orderId":"1443","after":"PT3H"}""", now.AddSeconds(1)));
        Assert.Equal(2, Assert.Single(service.Queue.Scheduled).Key);
    }

    [Fact]
    public async Task A_message_that_was_on_its_way_does_not_undo_what_a_caller_did_since()
    {
        await using var service = await Service.StartAsync();
        var late = Message("late", """{"orderId":"1443","after":"PT1H"}""", service.Time.GetUtcNow());
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.ArmAsync("""{"after":"PT30M"}""");
        Assert.Equal(Settlement.Complete, await service.HandleAsync(late));
        Assert.Equal(1, Assert.Single(service.Queue.Scheduled).Key);
        await service.DisarmAsync();
        Assert.Equal(Settlement.Complete, await service.HandleAsync(late));
        Assert.Empty(service.Queue.Scheduled);
    }

    [Theory]
    [InlineData("""{"orderId":"1443","at":"2023-11-14T22:13:20Z"}""")]
    [InlineData("""{"orderId":"1443","at":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"orderId":"1443","after":"PT0S"}""")]
    public async Task An_overdue_message_fires_at_once(string body)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(Settlement.Complete, await service.HandleAsync(body));
        var (alarm, at) = Assert.Single(service.Queue.Scheduled).Value;
        Assert.True(at <= service.Time.GetUtcNow());
        service.Provider.OnGet(Answers.Order(1));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(alarm)));
        Assert.Equal(
            ("not_cancellable", "timeout"),
            (Assert.Single(service.Topic.Events).Property("outcome"), service.Topic.Events[0].Property("trigger"))
        );
    }

    [Fact]
    public async Task A_message_that_arms_while_the_timeout_is_firing_is_retried()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        await service.ArmAsync("""{"after":"PT30M"}""");
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        var message = Message("m", """{"orderId":"1443","after":"PT1H"}""", service.Time.GetUtcNow());
        Assert.Equal(Settlement.Complete, await service.HandleAsync(message));
        var (copy, at) = service.Queue.Scheduled.Last().Value;
        Assert.Equal(service.Time.GetUtcNow().AddMinutes(1), at);
        Assert.Contains("PT1H", System.Text.Encoding.UTF8.GetString(copy.Body.Span), StringComparison.Ordinal);

        // Afterwards it arms.
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[2].Message));
        await service.HandleAsync(QueueTests.Deliver(copy));
        Assert.Equal("armed", Service.Json((await service.ShowAsync()).Body).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{"orderId":"1443","after":"P31D"}""", "/after")]
    [InlineData("""{"orderId":"1443","at":"9999-12-31T23:59:59Z"}""", "/at")]
    [InlineData(
        """{"orderId":"1443","after":"PT1M","at":"2023-11-14T22:43:20Z"}""",
        "exactly one of after, at and whenExpired"
    )]
    [InlineData("""{"orderId":"1443","after":"1 hour"}""", "/after")]
    [InlineData("""{"orderId":"1443","after":"PT1H","onlyIfUnpaid":false}""", "/onlyIfUnpaid")]
    [InlineData("""{"orderId":"1443","whenExpired":false}""", "/whenExpired")]
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

    private static InboundMessage Message(string id, string body, DateTimeOffset enqueued) =>
        new()
        {
            MessageId = id,
            Body = System.Text.Encoding.UTF8.GetBytes(body),
            SequenceNumber = 7,
            EnqueuedTime = enqueued,
        };
}
