using System.Text;
using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Tests;

/// <summary>Every message of a sender is handled, or dead-lettered at its first delivery with a reason.</summary>
public sealed class HostileMessageTests
{
    private const string Body = """{"orderId":"1443"}""";

    private static readonly string[] OwnNames =
    [
        .. typeof(MessageProperties)
            .GetFields()
            .Where(static member => member.IsLiteral)
            .Select(static member => (string)member.GetRawConstantValue()!),
    ];

    /// <summary>Values that senders or gateways have put into application properties, with their sources.</summary>
    public static TheoryData<string, object> UnsendableValues =>
        new()
        {
            {
                "azure-sdk-for-js#25014",
                new List<object> { "a", 1 }
            },
            { "azure-service-bus-dotnet#483", (int[])[1, 2] },
            { "azure-service-bus-dotnet#483", (string[])["a"] },
            { "AMQP 1.0, 3.2.5", new List<object>() },
            {
                "AMQP 1.0, 3.2.5",
                new Dictionary<string, object> { ["a"] = 1 }
            },
            { "AMQP 1.0, 3.2.5", new MemoryStream() },
            { "AMQP 1.0, 3.2.5", new object() },
            { "the client's own URI type", new Uri("/relative", UriKind.Relative) },
        };

    /// <summary>AMQP knows bodies that are not bytes.</summary>
    [Fact]
    public async Task A_body_that_cannot_be_read_is_dead_lettered_for_that_whatever_else_is_wrong()
    {
        await using var service = await Service.StartAsync();
        InboundMessage message = new()
        {
            MessageId = "message-1",
            Body = Encoding.UTF8.GetBytes(Body),
            BodyFault = "The body is a sequence.",
            Properties = new Dictionary<string, object> { ["a"] = new object() },
        };
        var settlement = await service.HandleAsync(message);
        Assert.Equal(SettlementKind.DeadLetter, settlement.Kind);
        Assert.Equal("The body is a sequence.", settlement.Description);
        Assert.Empty(service.Provider.Calls);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789abcdef0123456789abcde", false)]
    [InlineData("0123456789abcdef0123456789abcdeg", false)]
    public async Task Only_what_can_be_a_version_makes_a_message_an_alarm(string version, bool isAlarm)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(
            Body,
            null,
            "message-1",
            ("trigger", "timeout"),
            ("onrampCancel_requestId", version),
            ("onrampCancel_version", version),
            ("onrampCancel_requestedAt", "2023-11-14T22:13:20.0000000Z"),
            ("onrampCancel_identityMac", "0")
        );

        // An alarm without a row cancels nothing.
        Assert.Equal(isAlarm ? 0 : 1, service.Topic.Events.Count);
    }

    [Fact]
    public async Task A_message_without_an_id_is_named_so_in_the_log()
    {
        await using var service = await Service.StartAsync();
        await service.HandleAsync("nonsense", messageId: null);
        await service.HandleAsync(Body, null, messageId: null, ("onrampCancel_delivery", 2));
        await Assert.ThrowsAsync<ArgumentNullException>("message", () => service.HandleAsync(null!));
        service.Queue.NamespaceFault = new InvalidOperationException();
        await service.HandleAsync(Body, messageId: null);
        Assert.Equal(
            [401, 402, 406],
            service
                .Log.Lines.Where(static line => line.Text.StartsWith("Message (none) ", StringComparison.Ordinal))
                .Select(static line => line.Id)
                .Order()
        );
    }

    [Theory]
    [MemberData(nameof(UnsendableValues))]
    public async Task A_message_with_a_property_that_cannot_be_copied_is_dead_lettered(string source, object value)
    {
        Assert.NotEmpty(source);
        await using var service = await Service.StartAsync();
        foreach (
            var name in (string[])
                [
                    "theirs",
                    "cloudEvents_subject",
                    "trigger",
                    "onrampCancel_delivery",
                    "onrampCancel_outcome",
                    "Diagnostic-Id",
                    "",
                ]
        )
        {
            var settlement = await service.HandleAsync(Body, properties: (name, value));
            Assert.Equal((SettlementKind.DeadLetter, "InvalidMessage"), (settlement.Kind, settlement.Reason));
            Assert.Contains(name, settlement.Description, StringComparison.Ordinal);
            Assert.Null(settlement.Properties);
            Assert.Empty(service.Provider.Calls);
        }
    }

    [Fact]
    public async Task A_rejection_names_at_most_a_few_properties()
    {
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync(
            Body,
            properties:
            [
                .. Enumerable
                    .Range(0, 1000)
                    .Select(static number => (new string('x', 1000) + number, (object)new List<object>())),
            ]
        );
        Assert.InRange(settlement.Description!.Length, 1, 600);
    }

    public static TheoryData<object> SimpleValues =>
        [
            "text",
            true,
            'c',
            (sbyte)1,
            (byte)1,
            (short)1,
            (ushort)1,
            1,
            1u,
            1L,
            1ul,
            1.5f,
            double.NaN,
            double.PositiveInfinity,
            1.5m,
            Guid.Empty,
            DateTime.UnixEpoch,
            DateTimeOffset.MaxValue,
            TimeSpan.MinValue,
            new Uri("https://example.com/"),
            (byte[])[1, 2],
        ];

    [Theory]
    [MemberData(nameof(SimpleValues))]
    public async Task A_property_of_a_simple_type_is_passed_on(object value)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body, properties: ("theirs", value)));
        Assert.Equal(value, Assert.Single(service.Queue.Scheduled.Values).Message.Property("theirs"));
    }

    /// <summary>Every property that the service reads.</summary>
    public static TheoryData<string> ReadNames =>
        [
            .. OwnNames.Except(["timeout", "queue"]),
            "cloudEvents_specversion",
            "cloudEvents:time",
            "cloudEvents_traceparent",
            "traceparent",
            "tracestate",
            "Diagnostic-Id",
        ];

    [Theory]
    [MemberData(nameof(ReadNames))]
    public async Task A_hostile_history_is_handled_or_dead_lettered_immediately(string name)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        foreach (
            var value in (object[])
                [
                    "",
                    "nonsense",
                    "-1",
                    "99999999999999999999",
                    new string('9', 100_000),
                    "\0\uD800",
                    -1,
                    int.MinValue,
                    long.MaxValue,
                    ulong.MaxValue,
                    0,
                    1_000_000,
                    1_000_001,
                    1.5,
                    double.NaN,
                    double.NegativeInfinity,
                    double.MaxValue,
                    decimal.MinValue,
                    float.Epsilon,
                    true,
                    '\0',
                    Guid.Empty,
                    DateTime.MinValue,
                    DateTime.MaxValue,
                    DateTimeOffset.MaxValue,
                    TimeSpan.MinValue,
                    new Uri("about:blank"),
                    Array.Empty<byte>(),
                    (byte[])[0xFF],
                    "0001-01-01T00:00:00+23:59",
                    "9999-12-31T23:59:59-23:59",
                    "0001-01-01t00:00:00z",
                ]
        )
        {
            // A retry, a timeout and a waiting outcome, which all read the history.
            service.Topic.Refuses = false;
            await AssertSettledAsync(service, Body, name, value);
            await AssertSettledAsync(service, """{"orderId":"1443","after":"PT30M"}""", name, value);
            service.Topic.Refuses = true;
            await AssertSettledAsync(service, Body, name, value);
        }
    }

    private static async Task AssertSettledAsync(Service service, string body, string name, object value)
    {
        var settlement = await service.HandleAsync(body, properties: (name, value));
        Assert.NotEqual(SettlementKind.Abandon, settlement.Kind);
        Assert.True(
            settlement.Kind == SettlementKind.Complete
                || settlement is { Reason.Length: > 0, Description.Length: > 0 and <= Settlement.MaxTextLength }
        );
    }

    [Theory]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(65)]
    [InlineData(1001)]
    [InlineData(100_000)]
    public async Task Cannot_nest_a_body_deeply(int depth)
    {
        await using var service = await Service.StartAsync();
        var (open, close) = (new string('[', depth), new string(']', depth));
        foreach (
            var body in (string[])
                [
                    open + close,
                    open,
                    string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
                    $$$"""{"orderId":{{{open}}}{{{close}}}}""",
                    $$$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{{{open}}}{{{close}}}}""",
                    $$$"""{"x":{{{open}}}{{{close}}},"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"orderId":"1443"}}""",
                ]
        )
        {
            foreach (
                var contentType in (string?[])
                    [null, "application/json", "application/cloudevents+json", "application/cloudevents-batch+json"]
            )
            {
                var settlement = await service.HandleAsync(body, contentType);
                Assert.Equal("InvalidMessage", settlement.Reason);
                Assert.NotEmpty(settlement.Description!);
            }
        }

        Assert.Empty(service.Provider.Calls);
    }

    /// <summary>
    /// [cloudevents/sdk-java#430]: some clients send an attribute or a property without a value as null.
    /// </summary>
    [Fact]
    public async Task A_null_property_is_an_absent_one()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        string[] names =
        [
            .. OwnNames,
            "cloudEvents_subject",
            "cloudEvents_time",
            "cloudEvents_datacontenttype",
            "cloudEvents_dataschema",
            "cloudEvents:subject",
            "cloudEvents_comexample",
            "traceparent",
            "Diagnostic-Id",
            "theirs",
        ];
        (string, object)[] binary =
        [
            ("cloudEvents_specversion", "1.0"),
            ("cloudEvents_id", "event-1"),
            ("cloudEvents_source", "/orders"),
            ("cloudEvents_type", "order.stale"),
        ];
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(
                Body,
                properties: [.. names.Select(static name => (name, (object)null!)), .. binary]
            )
        );
        Assert.Equal("event-1", service.Queue.Scheduled[1].Message.Property("onrampCancel_requestId"));

        // With all attributes null it is not an event.
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(
                Body,
                properties:
                [
                    .. names
                        .Concat(binary.Select(static property => property.Item1))
                        .Select(static name => (name, (object)null!)),
                ]
            )
        );
        var copy = service.Queue.Scheduled[2].Message;
        Assert.Equal(
            ("message-1", "1443"),
            (copy.Property("onrampCancel_requestId"), Service.Json(copy.Body).GetProperty("orderId").GetString())
        );
        Assert.DoesNotContain(copy.Properties, static property => property.Value is null);
    }

    /// <summary>Media types that RFC 2045 and RFC 9110 allow, with sources of their use.</summary>
    public static TheoryData<string, string> JsonTypes =>
        new()
        {
            { "cloudevents/sdk-csharp#282", "APPLICATION/JSON" },
            { "RFC 9110, 8.3.1", "Application/Json; charset=utf-8" },
            { "RFC 9110, 5.6.6", "application/json; charset=\\\"UTF-8\\\"" },
            { "RFC 9110, 5.6.6", "application/json ; charset=utf-8" },
            { "RFC 9110, 5.6.6", "application/json;charset=utf-8;" },
            { "RFC 9110, 5.5", " application/json " },
            { "RFC 9110, 5.6.3", "application/json\\t;\\tcharset=utf-8" },
            { "RFC 6839, 3.1", "application/vnd.shop.order+json" },
            { "RFC 6839, 3.1", "Application/Vnd.Shop.Order+JSON; v=1" },
            { "the type that JSON had before", "Text/JSON" },
        };

    [Theory]
    [MemberData(nameof(JsonTypes))]
    public async Task The_data_of_an_event_is_JSON_however_its_type_is_spelt(string source, string type)
    {
        Assert.NotEmpty(source);
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var json =
            $$"""{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","datacontenttype":"{{type}}","data":{{Body}}}""";
        Assert.Equal(Settlement.Complete, await service.HandleAsync(json, "application/cloudevents+json"));
        Assert.Equal(Settlement.Complete, await service.HandleAsync($"[{json}]", "application/cloudevents-batch+json"));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(Body, properties: Binary(("datacontenttype", Regex.Unescape(type))))
        );
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("text/plain")]
    [InlineData("application/jsonx")]
    [InlineData("json")]
    [InlineData("application/json; charset")]
    public async Task Cannot_have_JSON_data_under_a_type_that_is_not_JSON(string type)
    {
        await using var service = await Service.StartAsync();
        var json =
            $$"""{"specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","datacontenttype":"{{type}}","data":{{Body}}}""";
        Assert.Equal("InvalidMessage", (await service.HandleAsync(json, "application/cloudevents+json")).Reason);
    }

    [Theory]
    [InlineData("Application/CloudEvents+JSON ; Charset=\"UTF-8\"")]
    [InlineData(" application/cloudevents+json")]
    [InlineData("application/cloudevents+json\t;charset=utf-8")]
    public async Task An_events_own_type_is_read_however_it_is_spelt(string contentType)
    {
        // Without a JSON object with a specversion, only the content type shows that this should be an event.
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync(Body, contentType);
        Assert.Contains("not a CloudEvent", settlement.Description, StringComparison.Ordinal);
    }

    /// <summary>
    /// Times that RFC 3339 allows. "T" and "Z" may be in lower case (5.6); a leap second is one (5.7).
    /// </summary>
    [Theory]
    [InlineData("2023-11-14t22:13:20z")]
    [InlineData("2023-11-14T22:13:20z")]
    [InlineData("2023-11-14t22:13:20.123456789123456789+01:00")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2023-11-14T22:13:20+23:59")]
    [InlineData("2023-11-14T22:13:20-00:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    public async Task Every_time_of_RFC_3339_is_read(string time)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var json =
            $$"""{"time":"{{time}}","specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data":{{Body}}}""";
        Assert.Equal(Settlement.Complete, await service.HandleAsync(json, "application/cloudevents+json"));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body, properties: Binary(("time", time))));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(Body, properties: ("onrampCancel_requestedAt", time))
        );
        Assert.DoesNotContain(
            "RFC 3339",
            (await service.HandleAsync($$"""{"orderId":"1443","at":"{{time}}"}""")).Description ?? "",
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("2023-11-14 22:13:20Z")]
    [InlineData("2023-11-14T22:13:20")]
    [InlineData("2023-11-14T24:00:00Z")]
    [InlineData("2023-02-30T22:13:20Z")]
    [InlineData("2023-11-14T22:13:60Z")]
    public async Task Cannot_have_a_time_that_RFC_3339_does_not_allow(string time)
    {
        await using var service = await Service.StartAsync();
        var json =
            $$"""{"time":"{{time}}","specversion":"1.0","id":"event-1","source":"/orders","type":"order.stale","data":{{Body}}}""";
        Assert.Equal("InvalidMessage", (await service.HandleAsync(json, "application/cloudevents+json")).Reason);
        Assert.Equal("InvalidMessage", (await service.HandleAsync(Body, properties: Binary(("time", time)))).Reason);
        Assert.Equal("InvalidMessage", (await service.HandleAsync($$"""{"orderId":"1443","at":"{{time}}"}""")).Reason);
    }

    private static (string Name, object Value)[] Binary(params (string Name, string Value)[] attributes) =>
        [
            ("cloudEvents_specversion", "1.0"),
            ("cloudEvents_id", "event-1"),
            ("cloudEvents_source", "/orders"),
            ("cloudEvents_type", "order.stale"),
            .. attributes.Select(static attribute => ($"cloudEvents_{attribute.Name}", (object)attribute.Value)),
        ];
}
