using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Cancel requests by message: valid ones, invalid ones, and valid ones during outages.</summary>
public sealed class QueueTests
{
    private const string Messages = "/cancel-requests/messages";

    [Fact]
    public async Task Cannot_send_a_property_without_quotes()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.PostAsync(
            "/cancel-requests/messages",
            """{"orderId":"1443"}""",
            ("trigger", "timeout")
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("trigger", answer.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(OrderStates.Waiting, host.Simulator.Order("1443").Status);
    }

    [Fact]
    public async Task Can_cancel_by_message()
    {
        await using var host = await RunningHost.StartAsync();

        var sent = await host.PostAsync(
            Messages,
            """{"orderId":"1443"}""",
            ("BrokerProperties", """{"MessageId":"message-1"}""")
        );
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal((HttpStatusCode.Created, ""), (sent.Status, sent.Body));
        Assert.Equal(("cancelled", "queue", "message-1"), (outcome.Kind, outcome.Trigger, outcome.Text("requestId")));
        Assert.Equal(1, host.Simulator.Order("1443").CancelCalls);
        await host.AssertNoMoreOutcomesAsync();
    }

    [Theory]
    [InlineData("1444", "not_cancellable")]
    [InlineData("999999", "not_found")]
    public async Task Completes_a_message_whose_order_cannot_be_cancelled(string orderId, string expected)
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(Messages, $$"""{"orderId":"{{orderId}}"}""");

        Assert.Equal(expected, (await host.NextOutcomeAsync()).Kind);
        await host.AssertNoMoreOutcomesAsync();
        Assert.Equal(default, host.DeadLetters.Counts);
    }

    [Fact]
    public async Task Can_cancel_by_a_structured_CloudEvent()
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(
            Messages,
            """{"specversion":"1.0","id":"event-1","source":"/shop","type":"order.stale","datacontenttype":"application/json","data":{"orderId":1443,"onlyIfUnpaid":true}}""",
            ("Content-Type", "application/cloudevents+json; charset=utf-8")
        );
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal(("cancelled", "event-1"), (outcome.Kind, outcome.Text("requestId")));
        Assert.Equal(1, host.Simulator.Order("1443").GetCalls);
    }

    [Fact]
    public async Task Can_cancel_by_a_binary_CloudEvent()
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(
            Messages,
            """{"orderId":"1443"}""",
            ("cloudEvents_specversion", "\"1.0\""),
            ("cloudEvents_id", "\"event-2\""),
            ("cloudEvents_source", "\"/shop\""),
            ("cloudEvents_type", "\"order.stale\""),
            ("cloudEvents_traceparent", "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"")
        );
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal(("cancelled", "event-2"), (outcome.Kind, outcome.Text("requestId")));
        Assert.StartsWith(
            "00-0af7651916cd43dd8448eb211c80319c-",
            (string)outcome.Message.Message.Property("cloudEvents_traceparent")!,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("not json", "application/json", "not valid JSON")]
    [InlineData("", "application/json", "not valid JSON")]
    [InlineData("[]", "application/json", "not a JSON object")]
    [InlineData("""{"orderId":"x","onlyIfUnpaid":1}""", "application/json", "/onlyIfUnpaid")]
    [InlineData("""{"orderId":"1443","hash":"abc"}""", "application/json", "exactly one of orderId and hash")]
    [InlineData("""{"orderId":"1443","orderId":"1444"}""", "application/json", "more than once")]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"/s","type":"t"}""",
        "application/cloudevents+json",
        "no JSON data"
    )]
    [InlineData(
        """{"specversion":"0.3","id":"1","source":"/s","type":"t","data":{"orderId":"1443"}}""",
        "application/cloudevents+json",
        "CloudEvent"
    )]
    [InlineData("""[]""", "application/cloudevents-batch+json", "exactly one event")]
    public async Task Cannot_send_a_malformed_message(string body, string contentType, string described)
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(Messages, body, ("Content-Type", contentType));
        var dead = await host.NextDeadLetterAsync();

        Assert.Equal("InvalidMessage", dead.DeadLetterReason);
        Assert.Contains(described, dead.DeadLetterErrorDescription, StringComparison.Ordinal);
        Assert.Equal(body, System.Text.Encoding.UTF8.GetString(dead.Message.Body.Span));
        await host.AssertNoMoreOutcomesAsync();

        await host.PostAsync(Messages, """{"orderId":"1443"}""");
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Can_read_a_dead_letter_over_HTTP()
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(
            Messages,
            """{"orderId":"“hostile” ﷽"}""",
            ("BrokerProperties", """{"MessageId":"bad"}"""),
            ("shop", "\"north\"")
        );
        await host.DeadLetters.WhenAsync(counts => counts.Ready == 1, RunningHost.Token);
        var dead = await host.DeleteAsync("/cancel-requests/$DeadLetterQueue/messages/head?timeout=0");

        Assert.Equal(HttpStatusCode.OK, dead.Status);
        Assert.Equal(("\"InvalidMessage\"", "\"north\""), (dead.Headers["DeadLetterReason"], dead.Headers["shop"]));
        Assert.Contains("/orderId", dead.Headers["DeadLetterErrorDescription"], StringComparison.Ordinal);
        Assert.Equal("""{"orderId":"“hostile” ﷽"}""", dead.Body);
    }

    [Fact]
    public async Task Delivers_a_failed_request_again_until_it_works()
    {
        await using var host = await RunningHost.StartAsync(("Queue__RetryJitter", "0"));
        host.Simulator.Order("1443")
            .Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503, ProviderOperation.Cancel), 6));

        await host.PostAsync(Messages, """{"orderId":"1443"}""", ("BrokerProperties", """{"MessageId":"message-1"}"""));
        foreach (var seconds in (int[])[5, 30])
        {
            await host.Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token);
            host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        var outcome = await host.NextOutcomeAsync();
        Assert.Equal(
            ("cancelled", "message-1", "7"),
            (outcome.Kind, outcome.Text("requestId"), outcome.Text("attempts"))
        );
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Dead_letters_a_request_that_never_works_and_says_so_on_the_topic()
    {
        await using var host = await RunningHost.StartAsync(
            ("Queue__RetryDelays__0", "00:00:10"),
            ("Queue__GiveUpAfter", "00:00:10"),
            ("Queue__RetryJitter", "0")
        );
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503), 100));

        await host.PostAsync(Messages, """{"orderId":"1443"}""");
        await host.Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token);
        host.Clock.Advance(TimeSpan.FromSeconds(10));

        var outcome = await host.NextOutcomeAsync();
        var dead = await host.NextDeadLetterAsync();
        Assert.Equal(("failed", "unavailable"), (outcome.Kind, outcome.Text("reasonCode")));
        Assert.Equal("DeliveriesExhausted", dead.DeadLetterReason);
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Cannot_lose_a_request_while_the_topic_refuses_its_event()
    {
        await using var host = await RunningHost.StartAsync(("Queue__RetryJitter", "0"));
        host.Host.Faults.Settings = Rate(FaultKind.PublishRefused);

        await host.PostAsync(Messages, """{"orderId":"1443"}""");
        foreach (var seconds in (int[])[5, 30, 120, 600])
        {
            await host
                .Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await host
            .Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        host.Host.Faults.Settings = FaultSettings.None;
        host.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(
            ("cancelled", "1"),
            ((await host.NextOutcomeAsync()) is var outcome ? outcome.Kind : "", outcome.Text("attempts"))
        );
        Assert.Equal((1, 0), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
        Assert.Equal(0, host.DeadLetters.Counts.Ready);
    }

    [Fact]
    public async Task Publishes_one_event_although_the_topic_took_it_without_an_answer_again_and_again()
    {
        await using var host = await RunningHost.StartAsync(("Queue__RetryJitter", "0"));
        host.Host.Faults.Settings = Rate(FaultKind.PublishAnswerLost);

        await host.PostAsync(Messages, """{"orderId":"1443"}""");
        foreach (var seconds in (int[])[5, 30])
        {
            await host
                .Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token)
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await host
            .Queue.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 1 }, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
        await host.AssertNoMoreOutcomesAsync();

        // Three deliveries, each with three attempts of the client.
        Assert.Equal(
            (9, 1),
            (host.Host.Faults.CountOf(FaultKind.PublishAnswerLost), host.Simulator.Order("1443").CancelCalls)
        );
    }

    [Fact]
    public async Task Cannot_lose_a_request_while_the_queue_refuses_its_next_delivery()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__MaxDeliveryCount", "3"));
        host.Host.Faults.Settings = Rate(FaultKind.ScheduleRefused);
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503), 100));

        host.Enqueue("""{"orderId":"1443"}""");

        Assert.Equal("MaxDeliveryCountExceeded", (await host.NextDeadLetterAsync()).DeadLetterReason);
        Assert.Equal(0, host.Queue.Counts.Scheduled);
    }

    [Theory]
    [InlineData(FaultKind.Redelivery)]
    [InlineData(FaultKind.LockLost)]
    public async Task Publishes_one_event_for_a_message_that_is_handled_more_than_once(FaultKind fault)
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__MaxDeliveryCount", "4"));
        host.Host.Faults.Settings = Rate(fault);

        await host.PostAsync(Messages, """{"orderId":"1443"}""");
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal("cancelled", outcome.Kind);
        await host.AssertNoMoreOutcomesAsync();
        Assert.True(host.Host.Faults.CountOf(fault) >= 3);
        Assert.True(host.Simulator.Order("1443").CancelCalls >= 2);
    }

    [Fact]
    public async Task Schedules_a_failed_request_once_although_the_queue_took_it_without_an_answer()
    {
        // Later than the time for which the message is held.
        await using var host = await RunningHost.StartAsync(
            ("LocalHost__MaxDeliveryCount", "2"),
            ("Queue__MaxHandlingTime", "00:00:02"),
            ("Queue__RetryDelays__0", "12:00:00")
        );
        host.Host.Faults.Settings = Rate(FaultKind.ScheduleAnswerLost);
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503), 100));

        host.Enqueue("""{"orderId":"1443"}""");
        await host
            .Queue.WhenAsync(counts => counts.Scheduled == 1, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        await host.NextDeadLetterAsync();

        Assert.Equal(1, host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task Can_cancel_later_by_message()
    {
        await using var host = await RunningHost.StartAsync();

        await host.PostAsync(
            Messages,
            """{"orderId":"1443"}""",
            ("BrokerProperties", $$"""{"ScheduledEnqueueTimeUtc":"{{RunningHost.Start.AddMinutes(10):R}}"}""")
        );
        Assert.Equal(new QueueCounts(0, 0, 1), host.Queue.Counts);
        host.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
    }

    private static FaultSettings Rate(FaultKind kind) =>
        new()
        {
            Rates = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(kind, 1.0)]),
        };
}
