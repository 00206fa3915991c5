using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ServiceBusEmulator.Tests;

/// <summary>The REST API, as scripts use it.</summary>
public sealed class RestTests : IAsyncLifetime
{
    private const string Send = "/events/messages";
    private const string Receive = "/events/subscriptions/all/messages/head";

    private RunningEmulator _emulator = null!;

    public async ValueTask InitializeAsync() => _emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Can_carry_properties_of_every_kind()
    {
        await _emulator.Rest.PostAsync(
            Send,
            """{"any":"body"}""",
            (
                "BrokerProperties",
                """{"MessageId":"id-1","CorrelationId":"c-1","Label":"l","TimeToLive":90,"Unknown":true}"""
            ),
            (
                "text",
                """
                "\u00fc \"quoted, with comma\""
                """
            ),
            ("whole", "42"),
            ("broken", "1.5"),
            ("flag", "true"),
            ("traceparent", "00-not-in-quotes")
        );
        var answer = await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0");

        Assert.Equal(
            (HttpStatusCode.OK, """{"any":"body"}""", "application/json; charset=utf-8"),
            (answer.Status, answer.Body, answer.Headers["Content-Type"])
        );
        Assert.Equal(
            ("42", "1.5", "true"),
            (answer.Headers["whole"], answer.Headers["broken"], answer.Headers["flag"])
        );
        Assert.Equal("ü \"quoted, with comma\"", JsonNode.Parse(answer.Headers["text"])!.GetValue<string>());
        Assert.DoesNotContain("traceparent", answer.Headers.Keys);
        var properties = JsonNode.Parse(answer.Headers["BrokerProperties"])!;
        Assert.Equal(
            ("id-1", "c-1", "l", 1),
            (
                properties["MessageId"]!.ToString(),
                properties["CorrelationId"]!.ToString(),
                properties["Label"]!.ToString(),
                properties["DeliveryCount"]!.GetValue<int>()
            )
        );
        Assert.Equal($"{_emulator.Clock.GetUtcNow():R}", properties["EnqueuedTimeUtc"]!.ToString());
    }

    [Fact]
    public async Task Can_wait_for_a_message()
    {
        var waiting = _emulator.Rest.DeleteAsync($"{Receive}?timeout=60");
        await _emulator.Rest.PostAsync(Send, "{}");

        Assert.Equal(HttpStatusCode.OK, (await waiting).Status);
    }

    [Fact]
    public async Task Returns_no_content_when_there_is_no_message()
    {
        Assert.Equal(
            (HttpStatusCode.NoContent, ""),
            (
                (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Status,
                (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Body
            )
        );
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"id\"")]
    [InlineData("""{"MessageId":5}""")]
    [InlineData("""{"MessageId":""}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"soon"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"12/11/2026"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"2026-11-12"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"12 Nov 2026"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"Thu, 12 Nov 2026 08:49:37"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"Mon, 12 Nov 2026 08:49:37 GMT"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"Sunday, 06-Nov-94 08:49:37 GMT"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"08:49"}""")]
    [InlineData("""{"ScheduledEnqueueTimeUtc":1794473377}""")]
    [InlineData("""{"TimeToLive":"90"}""")]
    [InlineData("""{"TimeToLive":0}""")]
    [InlineData("""{"TimeToLive":-1}""")]
    [InlineData("""{"TimeToLive":"00:01:30"}""")]
    [InlineData("""{"To":5}""")]
    [InlineData("""{"ReplyTo":{}}""")]
    [InlineData("""{"SessionId":""}""")]
    [InlineData("""{"SessionId":"a","PartitionKey":"b"}""")]
    [InlineData("""{"ForcePersistence":true}""")]
    [InlineData("""{"ViaPartitionKey":"a"}""")]
    public async Task Cannot_send_broken_BrokerProperties(string properties)
    {
        var answer = await _emulator.Rest.PostAsync("/orders/messages", "{}", ("BrokerProperties", properties));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Detail!);
    }

    [Theory]
    [InlineData("{0:R}")]
    [InlineData(" {0:R}")]
    [InlineData("{0:yyyy-MM-ddTHH:mm:ssZ}")]
    [InlineData("{0:yyyy-MM-ddTHH:mm:ss.fffZ}")]
    [InlineData("{0:O}")]
    [InlineData("{1:O}")]
    [InlineData("{0:yyyy-MM-ddTHH:mm:ss}")]
    public async Task Schedules_for_HTTP_and_ISO_8601_dates(string format)
    {
        var now = _emulator.Clock.GetUtcNow();
        var dueAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)).AddMinutes(5).AddSeconds(30);
        var date = string.Format(CultureInfo.InvariantCulture, format, dueAt, dueAt.ToOffset(TimeSpan.FromHours(-3)));
        await _emulator.Rest.PostAsync(
            "/events/messages",
            "{}",
            ("BrokerProperties", $$"""{"ScheduledEnqueueTimeUtc":"{{date}}"}""")
        );
        _emulator.Clock.Advance(dueAt.AddSeconds(-1) - _emulator.Clock.GetUtcNow());
        Assert.Equal(HttpStatusCode.NoContent, (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Status);
        _emulator.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Status);
    }

    /// <summary>
    /// Every documented property for senders (learn.microsoft.com/rest/api/servicebus/introduction) that this broker
    /// supports.
    /// </summary>
    [Fact]
    public async Task Keeps_every_property_that_a_sender_may_set()
    {
        await _emulator.Rest.PostAsync(
            "/events/messages",
            "{}",
            (
                "BrokerProperties",
                """
                {"MessageId":"m","CorrelationId":"c","Label":"l","To":"t","ReplyTo":"r","SessionId":"s",
                "PartitionKey":"s","ReplyToSessionId":"rs","TimeToLive":90.5,"ForcePersistence":false}
                """.ReplaceLineEndings("")
            )
        );

        var properties = JsonNode.Parse(
            (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Headers["BrokerProperties"]
        )!;

        Assert.Equal(
            ["m", "c", "l", "t", "r", "s", "s", "rs", "90.5"],
            (
                (string[])
                    [
                        "MessageId",
                        "CorrelationId",
                        "Label",
                        "To",
                        "ReplyTo",
                        "SessionId",
                        "PartitionKey",
                        "ReplyToSessionId",
                        "TimeToLive",
                    ]
            ).Select(name => $"{properties[name]}")
        );
    }

    [Fact]
    public async Task Drops_a_message_at_the_end_of_its_time_to_live()
    {
        await _emulator.Rest.PostAsync("/events/messages", "{}", ("BrokerProperties", """{"TimeToLive":2}"""));
        _emulator.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.NoContent, (await _emulator.Rest.DeleteAsync($"{Receive}?timeout=0")).Status);
    }

    [Fact]
    public async Task Cannot_send_a_batch()
    {
        var answer = await _emulator.Rest.PostAsync(
            Send,
            "[]",
            ("Content-Type", "application/vnd.microsoft.servicebus.json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("MessageId", 128, HttpStatusCode.Created)]
    [InlineData("MessageId", 129, HttpStatusCode.BadRequest)]
    [InlineData("SessionId", 128, HttpStatusCode.Created)]
    [InlineData("SessionId", 129, HttpStatusCode.BadRequest)]
    [InlineData("PartitionKey", 128, HttpStatusCode.Created)]
    [InlineData("PartitionKey", 129, HttpStatusCode.BadRequest)]
    public async Task Cannot_send_an_id_that_is_too_long(string name, int length, HttpStatusCode expected)
    {
        var answer = await _emulator.Rest.PostAsync(
            Send,
            "{}",
            ("BrokerProperties", $$"""{"{{name}}":"{{new string('x', length)}}"}""")
        );

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Cannot_send_a_property_without_quotes()
    {
        var answer = await _emulator.Rest.PostAsync(
            "/orders/messages",
            """{"orderId":"1443"}""",
            ("trigger", "timeout")
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("trigger", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(default, _emulator.Queue("orders").Counts);
    }

    /// <summary>In chunks, only the bytes that arrive show the size.</summary>
    [Theory]
    [InlineData(256 * 1024, false, HttpStatusCode.Created)]
    [InlineData(256 * 1024, true, HttpStatusCode.Created)]
    [InlineData((256 * 1024) + 1, false, HttpStatusCode.Forbidden)]
    [InlineData((256 * 1024) + 1, true, HttpStatusCode.Forbidden)]
    public async Task Cannot_send_a_message_that_is_too_large(int bytes, bool inChunks, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Send)
        {
            Content = new ByteArrayContent(new byte[bytes]),
        };
        request.Headers.TransferEncodingChunked = inChunks;

        Assert.Equal(expected, (await _emulator.Rest.SendAsync(request, RunningEmulator.Token)).Status);
    }

    [Theory]
    [InlineData("/events/subscriptions/nobody/messages/head?timeout=0", HttpStatusCode.Gone)]
    [InlineData("/nothing/messages/head?timeout=0", HttpStatusCode.Gone)]
    [InlineData("/events/messages/head?timeout=0", HttpStatusCode.Gone)]
    [InlineData("/EVENTS/Subscriptions/ALL/messages/head?timeout=0", HttpStatusCode.NoContent)]
    [InlineData("/orders/$deadletterqueue/messages/head?timeout=0", HttpStatusCode.NoContent)]
    [InlineData(Receive + "?timeout=soon", HttpStatusCode.BadRequest)]
    [InlineData(Receive + "?timeout=-1", HttpStatusCode.BadRequest)]
    [InlineData(Receive + "?timeout=99999", HttpStatusCode.BadRequest)]
    public async Task Can_receive_only_from_existing_entities(string path, HttpStatusCode expected)
    {
        Assert.Equal(expected, (await _emulator.Rest.DeleteAsync(path)).Status);
    }

    [Fact]
    public async Task Cannot_send_to_an_entity_that_does_not_exist()
    {
        Assert.Equal(HttpStatusCode.Gone, (await _emulator.Rest.PostAsync("/nothing/messages", "{}")).Status);
    }
}
