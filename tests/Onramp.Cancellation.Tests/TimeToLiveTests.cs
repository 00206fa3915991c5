using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Properties of a sender are kept, and no message expires unnoticed.</summary>
[Collection(nameof(Spans))]
public sealed class TimeToLiveTests
{
    private const string Body = """{"orderId":"1443"}""";

    private static readonly MessageRouting Everything = new()
    {
        To = "cancel",
        ReplyTo = "answers",
        ReplyToSessionId = "answers-1",
        SessionId = "session-1",
        PartitionKey = "session-1",
    };

    [Fact]
    public async Task A_copy_keeps_what_the_sender_set()
    {
        // [azure-sdk-for-net#38875]
        await using var service = await StartAsync();
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Message(service, TimeSpan.FromHours(1))));
        var copy = Assert.Single(service.Queue.Scheduled.Values).Message;
        Assert.Equal(
            (Everything, "subject-1", "correlation-1", "application/json"),
            (copy.Routing, copy.Subject, copy.CorrelationId, copy.ContentType)
        );
    }

    /// <summary>
    /// Time to live and elapsed time in seconds, when the next delivery is due, and the time to live of the copy from
    /// then on.
    /// </summary>
    [Theory]
    [InlineData(3600, 0, 5, 3595)]
    [InlineData(3600, 60, 5, 3535)]
    [InlineData(10, 0, 5, 5)]
    [InlineData(5.5, 0, 5, 0.5)]
    [InlineData(5.4, 0, 2.7, 2.7)]
    [InlineData(2, 0, 1, 1)] // [azure-sdk-for-net#38875]
    [InlineData(1, 0, 0.5, 0.5)]
    public async Task A_copy_has_what_is_left_and_is_due_before_that_ends(
        double timeToLive,
        double passed,
        double delay,
        double left
    )
    {
        await using var service = await StartAsync();
        var message = Message(service, TimeSpan.FromSeconds(timeToLive));
        service.Time.Advance(TimeSpan.FromSeconds(passed));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(message));
        var (copy, dueAt) = Assert.Single(service.Queue.Scheduled.Values);
        Assert.Equal(
            (TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(left)),
            (dueAt - service.Time.GetUtcNow(), copy.TimeToLive)
        );
        Assert.Empty(service.Topic.Events);
    }

    [Theory]
    [InlineData(0.9, 0)]
    [InlineData(0.001, 0)]
    [InlineData(60, 59.5)]
    [InlineData(60, 60)]
    [InlineData(60, 3600)]
    public async Task A_message_that_would_not_see_another_delivery_fails_with_an_event(
        double timeToLive,
        double passed
    )
    {
        await using var service = await StartAsync();
        var message = Message(service, TimeSpan.FromSeconds(timeToLive));
        service.Time.Advance(TimeSpan.FromSeconds(passed));
        var settlement = await service.HandleAsync(message);
        Assert.Equal("DeliveriesExhausted", settlement.Reason);
        Assert.Contains("1 delivery; its time to live", settlement.Description, StringComparison.Ordinal);
        Assert.Equal("failed", Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task A_wait_that_the_provider_asks_for_is_not_shortened()
    {
        await using var service = await StartAsync();
        service.Provider.Otherwise = Answers.WithRetryAfter(Answers.TooMany, "40");
        var settlement = await service.HandleAsync(Message(service, TimeSpan.FromSeconds(30)));
        Assert.Equal("DeliveriesExhausted", settlement.Reason);
        Assert.Empty(service.Queue.Scheduled);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(20)]
    [InlineData(600)]
    [InlineData(100_000)]
    public async Task However_short_its_life_a_message_ends_with_an_event(double timeToLive)
    {
        await using var service = await StartAsync();
        var message = Message(service, TimeSpan.FromSeconds(timeToLive));
        var expiresAt = service.Time.GetUtcNow() + message.TimeToLive;
        while (await service.HandleAsync(message) == Settlement.Complete)
        {
            var (copy, dueAt) = service.Queue.Scheduled.Values.Last();
            Assert.Equal(
                (expiresAt, (long)(timeToLive * 1000)),
                (dueAt + copy.TimeToLive, (long)copy.Property("onrampCancel_timeToLive"))
            );
            service.Time.Advance(dueAt - service.Time.GetUtcNow());
            message = QueueTests.Deliver(copy) with { EnqueuedTime = dueAt };
        }

        Assert.Equal("failed", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    [Fact]
    public async Task An_outcome_that_waits_for_the_topic_does_not_expire()
    {
        await using var service = await StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Topic.Refuses = true;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Message(service, TimeSpan.FromSeconds(2))));
        var (copy, dueAt) = Assert.Single(service.Queue.Scheduled.Values);
        Assert.Equal((null, TimeSpan.FromSeconds(5)), (copy.TimeToLive, dueAt - service.Time.GetUtcNow()));
        service.Topic.Refuses = false;
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(QueueTests.Deliver(copy) with { EnqueuedTime = dueAt })
        );
        Assert.Equal("cancelled", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    /// <summary>The time to live and the pauses, in seconds. The copy would be due five seconds later.</summary>
    [Theory]
    [InlineData(7.999, "1 2")]
    [InlineData(8, "1 2")]
    [InlineData(8.001, "1 2 4")]
    [InlineData(12, "1 2 4")]
    public async Task A_message_that_expires_while_the_queue_refuses_its_copy_fails_with_an_event(
        double timeToLive,
        string pauses
    )
    {
        await using var service = await StartAsync();
        service.Queue.Refuses = true;
        Assert.Equal(
            "DeliveriesExhausted",
            (await service.HandleAsync(Message(service, TimeSpan.FromSeconds(timeToLive)))).Reason
        );
        Assert.Equal("failed", Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Equal(pauses, string.Join(' ', service.Time.Delays.Select(static delay => delay.TotalSeconds)));
    }

    [Fact]
    public async Task A_message_whose_copy_is_too_large_fails_with_an_event()
    {
        await using var service = await StartAsync();
        service.Queue.IsTooSmall = true;
        Assert.Equal("DeliveriesExhausted", (await service.HandleAsync(Message(service, TimeSpan.MaxValue))).Reason);
        Assert.Equal("failed", Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Empty(service.Time.Delays);
    }

    [Fact]
    public async Task A_timeout_keeps_what_the_sender_of_its_message_set()
    {
        await using var service = await StartAsync();
        var message = Message(service, TimeSpan.FromMinutes(1), """{"orderId":"1443","after":"PT30M"}""") with
        {
            Properties = new Dictionary<string, object>
            {
                ["tenant"] = "a",
                ["trigger"] = "queue",
                ["cloudEvents_specversion"] = "1.0",
                ["cloudEvents_id"] = "event-1",
                ["cloudEvents_source"] = "/shop",
                ["cloudEvents_type"] = "order.created",
                ["onrampCancel_delivery"] = 3,
            },
        };
        Assert.Equal(Settlement.Complete, await service.HandleAsync(message));
        var timeout = Assert.Single(service.Queue.Scheduled.Values).Message;
        Assert.Equal(
            (Everything, "subject-1", "correlation-1"),
            (timeout.Routing, timeout.Subject, timeout.CorrelationId)
        );

        // As if the sender had scheduled it: Service Bus counts the time to live from the due time.
        Assert.Equal(TimeSpan.FromMinutes(1), timeout.TimeToLive);

        Assert.Equal(
            [
                "onrampCancel_identityMac",
                "onrampCancel_requestId",
                "onrampCancel_requestedAt",
                "onrampCancel_version",
                "tenant",
                "trigger",
            ],
            timeout.Properties.Select(static property => property.Key).Order(StringComparer.Ordinal)
        );

        service.Time.Advance(TimeSpan.FromMinutes(30));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(QueueTests.Deliver(timeout) with { EnqueuedTime = service.Time.GetUtcNow() })
        );
        Assert.Equal(
            ("timeout", timeout.Property("onrampCancel_version")),
            (service.Topic.Events[0].Property("trigger"), (object?)service.Topic.Events[0].CorrelationId)
        );
    }

    private static async Task<Service> StartAsync()
    {
        var service = await Service.StartAsync(("Onramp:MaxRetries", "0"), ("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        return service;
    }

    private static InboundMessage Message(Service service, TimeSpan timeToLive, string body = Body) =>
        new()
        {
            MessageId = "message-1",
            CorrelationId = "correlation-1",
            Subject = "subject-1",
            ContentType = "application/json",
            Routing = Everything,
            Body = Encoding.UTF8.GetBytes(body),
            SequenceNumber = 7,
            EnqueuedTime = service.Time.GetUtcNow(),
            TimeToLive = timeToLive,
        };
}
