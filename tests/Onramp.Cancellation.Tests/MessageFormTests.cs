using System.Diagnostics;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Real messages of senders: events in every form, additional properties, several trace contexts.</summary>
[Collection(nameof(Spans))]
public sealed class MessageFormTests
{
    private const string Body = """{"orderId":"1443"}""";
    private const string TraceA = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string TraceB = "00-11111111111111111111111111111111-2222222222222222-01";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("application/json")] // [dapr/dapr#574]
    [InlineData("text/plain")] // [Azure/azure-service-bus#286]
    [InlineData("application/octet-stream")]
    [InlineData("application/cloudevents+json")]
    [InlineData("Application/CloudEvents+JSON; charset=UTF-8")]
    [InlineData("not a media type")]
    public async Task A_structured_event_is_recognized_under_any_content_type(string? contentType)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Structured(), contentType));
        Assert.Equal("event-1", Assert.Single(service.Topic.Events).CorrelationId);
    }

    [Theory]
    [InlineData("""{"orderId":"1443","specversion":"1.0"}""")]
    [InlineData("""{"orderId":"1443","x":{"specversion":"1.0"}}""")]
    [InlineData(
        """[{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data":{"orderId":"1443"}}]"""
    )]
    [InlineData(
        """{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data":{"orderId":"1443"}"""
    )]
    public async Task Cannot_pass_for_an_event_without_being_one(string body)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal("InvalidMessage", (await service.HandleAsync(body)).Reason);
    }

    [Theory]
    [InlineData("a byte order mark", "\uFEFF")]
    [InlineData("white space in front", " \r\n\t")]
    public async Task What_stands_before_the_JSON_does_not_matter(string name, string before)
    {
        Assert.NotEmpty(name);
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(before + Structured(), "application/json"));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(before + Body, "application/json"));
    }

    /// <summary>An invalid attribute by name and value, in either mode.</summary>
    public static TheoryData<string, string> WrongAttributes =>
        new()
        {
            { "time", "yesterday" },
            { "time", "2023-11-14" },
            { "source", "" },
            { "id", "" },
            { "type", "" },
            { "specversion", "0.3" },
            { "specversion", "" },
            { "dataschema", "no scheme" },
            { "datacontenttype", "json" },
            { "order-id", "7" },
        };

    [Theory]
    [MemberData(nameof(WrongAttributes))]
    public async Task One_rule_says_which_attributes_are_valid_in_either_mode(string name, string value)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(
            "InvalidMessage",
            (await service.HandleAsync(Structured((name, value)), "application/cloudevents+json")).Reason
        );
        Assert.Equal(
            "InvalidMessage",
            (
                await service.HandleAsync(Body, "application/json", properties: Binary("cloudEvents_", (name, value)))
            ).Reason
        );
        Assert.Empty(service.Provider.Calls);
    }

    [Theory]
    [InlineData("cloudEvents_")]
    [InlineData("cloudEvents:")]
    public async Task A_binary_event_may_have_attributes_of_any_type_of_AMQP(string prefix)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var properties = Binary(prefix, ("subject", "1443"), ("comexampleflag", "1"))
            .Append((prefix + "time", new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc)))
            .Append((prefix + "comexamplenumber", 7))
            .Append((prefix + "comexampletruth", true))
            .Append((prefix + "comexamplebytes", (byte[])[1, 2]));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(Body, "application/json", properties: [.. properties])
        );
    }

    [Theory]
    [InlineData("attempt", 0)]
    [InlineData("attempt", "first")]
    [InlineData("attempt", 7)]
    [InlineData("tries", "three")]
    [InlineData("firstSeen", 1700000000)]
    [InlineData("requestId", "theirs")]
    [InlineData("delivery", "tomorrow")]
    [InlineData("outcome", "cancelled")]
    [InlineData("TRIGGER", "whatever")]
    public async Task A_senders_own_properties_never_disturb_and_are_passed_on(string name, object value)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body, properties: (name, value)));
        var copy = Assert.Single(service.Queue.Scheduled.Values).Message;
        Assert.Equal(
            (value, 2, 1, "message-1"),
            (
                copy.Property(name),
                copy.Property("onrampCancel_delivery"),
                copy.Property("onrampCancel_attempts"),
                copy.Property("onrampCancel_requestId")
            )
        );
    }

    [Theory]
    [InlineData("timeout")]
    [InlineData("Timeout")]
    [InlineData("TIMEOUT")]
    public async Task A_timeout_is_one_in_any_case_and_leaves_a_paid_order_alone(string trigger)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(1));
        await service.HandleAsync(Body, properties: ("trigger", trigger));
        Assert.Equal(["getOrder"], service.Provider.Operations);
    }

    [Theory]
    [InlineData("Time-out")]
    [InlineData("timeout ")]
    [InlineData("")]
    [InlineData(1)]
    [InlineData(true)]
    public async Task An_unknown_trigger_cancels_nothing(object trigger)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal("InvalidMessage", (await service.HandleAsync(Body, properties: ("trigger", trigger))).Reason);
    }

    [Fact]
    public async Task A_timeouts_event_says_when_it_was_asked_for_and_not_when_it_fired()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync("""{"after":"PT30M"}""");
        service.Time.Advance(TimeSpan.FromMinutes(30));
        service.Provider.OnGet(Answers.Order(1));
        await service.HandleAsync(
            QueueTests.Deliver(service.Queue.Scheduled[1].Message) with
            {
                EnqueuedTime = service.Time.GetUtcNow(),
            }
        );
        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal("2023-11-14T22:13:20+00:00", data.GetProperty("requestedAt").GetString());
        Assert.Equal("2023-11-14T22:43:20+00:00", data.GetProperty("completedAt").GetString());
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public async Task A_request_id_has_at_most_255_characters(int length, bool taken)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var id = new string('x', length);
        Assert.Equal(
            taken,
            await service.HandleAsync(Structured(("id", id)), "application/cloudevents+json") == Settlement.Complete
        );
        Assert.Equal(taken, await service.HandleAsync(Body, messageId: id) == Settlement.Complete);
    }

    /// <summary>The places of two trace parents and states, and which one is used.</summary>
    public static TheoryData<
        string,
        (string Name, string Value)[],
        (string Name, object Value)[],
        string?,
        string?
    > Traces =>
        new()
        {
            { "an event's own, with its state", [("traceparent", TraceA), ("tracestate", "a=1")], [], TraceA, "a=1" },
            {
                "an event's own, and the state of another",
                [("traceparent", TraceA)],
                [("traceparent", TraceB), ("tracestate", "b=2")],
                TraceA,
                null
            },
            {
                "an event's state alone, and the trace of the message",
                [("tracestate", "a=1")],
                [("traceparent", TraceB), ("tracestate", "b=2")],
                TraceB,
                "b=2"
            },
            {
                "an event's own that is broken, and that of the message",
                [("traceparent", "00-xyz"), ("tracestate", "a=1")],
                [("Diagnostic-Id", TraceB)],
                TraceB,
                null
            },
            {
                "the SDK's, and a state that belongs to nothing",
                [],
                [("Diagnostic-Id", TraceB), ("tracestate", "b=2")],
                TraceB,
                null
            },
            { "none that can be read", [], [("traceparent", "nonsense"), ("Diagnostic-Id", "|1.2.3.")], null, null },
        };

    [Theory]
    [MemberData(nameof(Traces))]
    public async Task A_trace_and_its_state_come_from_one_place(
        string name,
        (string Name, string Value)[] attributes,
        (string Name, object Value)[] properties,
        string? parent,
        string? state
    )
    {
        Assert.NotEmpty(name);
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync(Structured(attributes), "application/cloudevents+json", properties: properties);
        var sent = Assert.Single(service.Topic.Events).Properties.ToDictionary();
        if (parent is null)
        {
            Assert.DoesNotContain("cloudEvents_traceparent", sent.Keys);
            return;
        }

        Assert.True(ActivityContext.TryParse((string)sent["cloudEvents_traceparent"], null, out var context));
        Assert.Equal(parent.Split('-')[1], context.TraceId.ToHexString());
        Assert.Equal(state, sent.GetValueOrDefault("cloudEvents_tracestate"));
    }

    private static string Structured(params (string Name, string Value)[] attributes)
    {
        var all = new Dictionary<string, string>
        {
            ["specversion"] = "1.0",
            ["id"] = "event-1",
            ["source"] = "/orders",
            ["type"] = "order.stale",
        };
        foreach (var (name, value) in attributes)
        {
            all[name] = value;
        }

        var text = new StringBuilder("{");
        foreach (var (name, value) in all)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"{name}\":\"{value}\",");
        }

        return text.Append("\"data\":").Append(Body).Append('}').ToString();
    }

    private static (string Name, object Value)[] Binary(string prefix, params (string Name, string Value)[] attributes)
    {
        var all = new Dictionary<string, object>
        {
            ["specversion"] = "1.0",
            ["id"] = "event-1",
            ["source"] = "/orders",
            ["type"] = "order.stale",
        };
        foreach (var (name, value) in attributes)
        {
            all[name] = value;
        }

        return [.. all.Select(attribute => (prefix + attribute.Key, attribute.Value))];
    }
}
