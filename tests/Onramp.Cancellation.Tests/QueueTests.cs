using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>How one message of the queue is handled.</summary>
public sealed class QueueTests
{
    private const string Body = """{"orderId":"1443"}""";

    private static readonly (string Name, object Value)[] BinaryEvent =
    [
        ("cloudEvents_specversion", "1.0"),
        ("cloudEvents_id", "event-1"),
        ("cloudEvents_source", "/orders"),
        ("cloudEvents_type", "order.stale"),
    ];

    [Fact]
    public async Task A_terminal_outcome_is_published_and_then_the_message_is_completed()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body));
        var sent = Assert.Single(service.Topic.Events);
        Assert.Equal("message-1", sent.CorrelationId);
        Assert.Equal(
            ("1.0", "onramp.order.cancelled", "/onramp-cancellation", "1443", "2023-11-14T22:13:20.000Z"),
            (
                sent.Property("cloudEvents_specversion"),
                sent.Property("cloudEvents_type"),
                sent.Property("cloudEvents_source"),
                sent.Property("cloudEvents_subject"),
                sent.Property("cloudEvents_time")
            )
        );
        Assert.Equal(sent.MessageId, sent.Property("cloudEvents_id"));
        Assert.Equal(
            """{"requestId":"message-1","orderId":"1443","outcome":"cancelled","orderStatus":-3,"attempts":1,"trigger":"queue","requestedAt":"2023-11-14T22:13:20+00:00","completedAt":"2023-11-14T22:13:20+00:00"}""",
            Encoding.UTF8.GetString(sent.Body.Span)
        );
    }

    [Fact]
    public async Task A_redelivery_has_the_same_event_id_and_another_order_or_request_has_another()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = (call, time, token) =>
            (call.Body.Contains("1443", StringComparison.Ordinal) ? Answers.Cancelled : Answers.Order(-3, 7))(
                call,
                time,
                token
            );
        await service.HandleAsync(Body);
        await service.HandleAsync(Body);
        await service.HandleAsync("""{"orderId":"7"}""");
        await service.HandleAsync(Body, messageId: "message-2");
        var ids = service.Topic.Events.Select(sent => sent.MessageId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id.Length, 1, OutboundMessage.MaxMessageIdLength));
    }

    [Theory]
    [InlineData("not json", null)]
    [InlineData("{}", null)]
    [InlineData("""{"orderId":"1443","onlyIfunpaid":true}""", null)]
    [InlineData("[]", "application/cloudevents+json")]
    [InlineData("""{"orderId":"1443"}""", "application/cloudevents+json")]
    [InlineData("""{"specversion":"1.0","id":"e","source":"/s","type":"t"}""", "application/cloudevents+json")]
    [InlineData(
        """{"specversion":"0.3","id":"e","source":"/s","type":"t","data":{"orderId":"1443"}}""",
        "application/cloudevents+json"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"","source":"/s","type":"t","data":{"orderId":"1443"}}""",
        "application/cloudevents+json"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":"text"}""",
        "application/cloudevents+json; charset=utf-8"
    )]
    [InlineData("[]", "application/cloudevents-batch+json")]
    public async Task A_malformed_message_is_dead_lettered_at_once_with_its_faults(string body, string? contentType)
    {
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync(body, contentType);
        Assert.Equal((SettlementKind.DeadLetter, "InvalidMessage"), (settlement.Kind, settlement.Reason));
        Assert.NotEmpty(settlement.Description!);
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);
    }

    [Theory]
    [InlineData("trigger", "stale")]
    [InlineData("trigger", 7)]
    [InlineData("cloudEvents_id", "only an id")]
    public async Task A_message_whose_properties_make_no_sense_is_dead_lettered(string name, object value)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal("InvalidMessage", (await service.HandleAsync(Body, properties: (name, value))).Reason);
    }

    [Fact]
    public async Task The_description_of_a_dead_letter_names_every_fault_and_fits_the_broker()
    {
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync("""{"orderId":"x","reason":1}""", properties: ("trigger", "x"));
        Assert.All(
            ["/orderId", "/reason", "trigger"],
            fault => Assert.Contains(fault, settlement.Description!, StringComparison.Ordinal)
        );
        Assert.Equal(
            Settlement.MaxTextLength,
            Settlement.DeadLetter("Reason", new string('x', 10_000)).Description!.Length
        );
        Assert.False(
            char.IsHighSurrogate(
                Settlement
                    .DeadLetter("Reason", "x" + string.Concat(Enumerable.Repeat("\U0001F600", 5_000)))
                    .Description![^1]
            )
        );
    }

    [Theory]
    [InlineData(
        """{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data":{"orderId":"1443"}}""",
        "application/cloudevents+json; charset=utf-8",
        false
    )]
    [InlineData(
        """{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data_base64":"eyJvcmRlcklkIjoiMTQ0MyJ9"}""",
        "application/cloudevents+json",
        false
    )]
    [InlineData(Body, "application/json", true)]
    public async Task A_CloudEvent_is_taken_in_either_mode_and_its_id_is_the_request_id(
        string body,
        string contentType,
        bool binary
    )
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(body, contentType, properties: binary ? BinaryEvent : [])
        );
        Assert.Equal("event-1", Assert.Single(service.Topic.Events).CorrelationId);
    }

    [Fact]
    public async Task A_message_without_any_id_is_known_by_the_brokers_number()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync(Body, messageId: null);
        Assert.Equal("sequence-7", Assert.Single(service.Topic.Events).CorrelationId);
    }

    [Fact]
    public async Task A_failed_cancel_comes_back_on_the_schedule_with_its_history_until_it_is_given_up()
    {
        await using var service = await Service.StartAsync(("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        var message = new InboundMessage
        {
            MessageId = "message-1",
            Body = Encoding.UTF8.GetBytes(Body),
            EnqueuedTime = service.Time.GetUtcNow(),
        };
        var first = service.Time.GetUtcNow();
        var waits = new List<TimeSpan>();
        Settlement settlement;
        while ((settlement = await service.HandleAsync(message)) == Settlement.Complete)
        {
            var (copy, dueAt) = service.Queue.Scheduled.Values.Last();
            waits.Add(dueAt - service.Time.GetUtcNow());
            service.Time.Advance(waits[^1]);
            message = Deliver(copy);
        }

        var last = Enumerable.Repeat(1800.0, waits.Count - 5);
        Assert.Equal([5, 30, 120, 600, 1800, .. last], waits.Select(wait => wait.TotalSeconds));
        Assert.InRange(service.Time.GetUtcNow() - first, TimeSpan.FromDays(1), TimeSpan.FromDays(1.1));
        Assert.Equal((SettlementKind.DeadLetter, "DeliveriesExhausted"), (settlement.Kind, settlement.Reason));
        Assert.Contains("53 deliveries", settlement.Description!, StringComparison.Ordinal);
        Assert.Equal(52, service.Queue.Scheduled.Values.Select(entry => entry.Message.MessageId).Distinct().Count());
        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal(
            ("failed", "unavailable", "message-1", 159),
            (
                data.GetProperty("outcome").GetString(),
                data.GetProperty("reasonCode").GetString(),
                data.GetProperty("requestId").GetString(),
                data.GetProperty("attempts").GetInt32()
            )
        );
        Assert.Equal(first, data.GetProperty("requestedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Two_deliveries_of_one_message_schedule_one_and_the_same_copy()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.HtmlPage;
        InboundMessage message = new()
        {
            MessageId = "message-1",
            Body = Encoding.UTF8.GetBytes(Body),
            SequenceNumber = 7,
            EnqueuedTime = service.Time.GetUtcNow(),
        };
        await service.HandleAsync(message);
        await service.HandleAsync(message);
        Assert.Single(service.Queue.Scheduled.Values.Select(entry => entry.Message.MessageId).Distinct());
    }

    [Fact]
    public async Task Retry_After_wins_over_the_schedule_and_is_never_undercut()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.WithRetryAfter(Answers.TooMany, "300");
        await service.HandleAsync(Body);
        Assert.InRange(
            service.Queue.Scheduled[1].DueAt - service.Time.GetUtcNow(),
            TimeSpan.FromSeconds(300),
            TimeSpan.FromSeconds(360)
        );
    }

    [Fact]
    public async Task A_wait_of_more_than_an_hour_is_not_believed()
    {
        await using var service = await Service.StartAsync(("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.WithRetryAfter(Answers.TooMany, "86400");
        await service.HandleAsync(Body);
        Assert.Equal(TimeSpan.FromHours(1), service.Queue.Scheduled[1].DueAt - service.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_is_a_warning_in_the_log_and_every_other_outcome_is_not(bool fails)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = fails ? Answers.HtmlPage : Answers.Cancelled;
        await service.PostAsync(Body);
        var line = Assert.Single(
            service.Log.Lines,
            static line => line.Text.StartsWith("Cancel outcome", StringComparison.Ordinal)
        );
        Assert.Equal(
            fails ? Microsoft.Extensions.Logging.LogLevel.Warning : Microsoft.Extensions.Logging.LogLevel.Information,
            line.Level
        );
    }

    [Fact]
    public async Task The_wait_varies_by_no_more_than_the_jitter()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.TooMany;
        for (var request = 0; request < 50; request++)
        {
            await service.HandleAsync(Body, messageId: $"message-{request}");
        }

        var waits = service
            .Queue.Scheduled.Values.Select(entry => (entry.DueAt - service.Time.GetUtcNow()).TotalSeconds)
            .ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 4, 6));
        Assert.True(waits.Distinct().Count() > 10, "The waits do not vary.");
    }

    [Fact]
    public async Task A_message_is_abandoned_when_the_host_stops()
    {
        await using var service = await Service.StartAsync();
        using var stop = new CancellationTokenSource();
        service.Provider.OnCancel(
            (_, _, token) =>
            {
                stop.Cancel();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("The token does not reach the call.");
            }
        );
        var message = new InboundMessage { MessageId = "message-1", Body = Encoding.UTF8.GetBytes(Body) };
        Assert.Equal(Settlement.Abandon, await service.Get<CancelMessageHandler>().HandleAsync(message, stop.Token));
        Assert.DoesNotContain(service.Log.Lines, static line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public void The_zero_settlement_gives_the_message_back() => Assert.Equal(Settlement.Abandon, default);

    [Theory]
    [InlineData("traceparent")]
    [InlineData("Diagnostic-Id")]
    [InlineData("cloudEvents_traceparent")]
    public async Task The_senders_trace_continues_in_the_outcome_event(string property)
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var properties = property.StartsWith("cloudEvents", StringComparison.Ordinal) ? BinaryEvent : [];
        await service.HandleAsync(Body, properties: [.. properties, (property, $"00-{trace}-b7ad6b7169203331-01")]);
        var sent = Assert.Single(service.Topic.Events);
        Assert.True(ActivityContext.TryParse((string)sent.Property("cloudEvents_traceparent"), null, out var context));
        Assert.Equal(trace, context.TraceId.ToHexString());
        Assert.NotEqual("b7ad6b7169203331", context.SpanId.ToHexString());
        Assert.Equal(sent.Property("cloudEvents_traceparent"), sent.Property("Diagnostic-Id"));
    }

    [Fact]
    public async Task A_message_id_with_line_breaks_cannot_forge_a_line_of_the_log()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync(Body, messageId: "id\nforged line");
        Assert.DoesNotContain(service.Log.Lines, line => line.Text.Contains("\nforged", StringComparison.Ordinal));
    }

    /// <summary>A message as the queue delivers it.</summary>
    internal static InboundMessage Deliver(OutboundMessage sent) =>
        new()
        {
            MessageId = sent.MessageId,
            CorrelationId = sent.CorrelationId,
            Subject = sent.Subject,
            ContentType = sent.ContentType,
            Routing = sent.Routing,
            TimeToLive = sent.TimeToLive ?? TimeSpan.MaxValue,
            Body = sent.Body,
            Properties = sent.Properties.ToDictionary(),
            SequenceNumber = 9,
        };
}
