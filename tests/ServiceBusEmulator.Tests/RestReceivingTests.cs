using System.Net;
using System.Text.Json.Nodes;

namespace ServiceBusEmulator.Tests;

/// <summary>Receiving by REST works for every message, whatever it contains.</summary>
public sealed class RestReceivingTests
{
    private const string Head = "/events/subscriptions/all/messages/head?timeout=0";
    private const string DeadHead = "/events/subscriptions/all/$DeadLetterQueue/messages/head?timeout=0";
    private const string LoneSurrogate = "cut \ud83d";

    public static TheoryData<string, string, string> Texts =>
        new()
        {
            { "plain", "\"plain\"", "plain" },
            { "ü€", "\"\\u00FC\\u20AC\"", "ü€" },
            { "😀", "\"\\uD83D\\uDE00\"", "😀" },
            { LoneSurrogate, "\"cut \\uFFFD\"", "cut \ufffd" },
            { "\udc00\ud800", "\"\\uFFFD\\uFFFD\"", "\ufffd\ufffd" },
            { "a\r\nSet-Cookie: b", "\"a\\r\\nSet-Cookie: b\"", "a\r\nSet-Cookie: b" },
            {
                "\0\u0001\t\u007f\u0085\u2028",
                "\"\\u0000\\u0001\\t\\u007F\\u0085\\u2028\"",
                "\0\u0001\t\u007f\u0085\u2028"
            },
            { "\"\\", "\"\\u0022\\\\\"", "\"\\" },
            { "", "\"\"", "" },
        };

    public static TheoryData<string, string, string?> ContentTypes =>
        new()
        {
            { "application/json; charset=utf-8", "application/json; charset=utf-8", null },
            { "nonsense", "nonsense", null },
            { "text/plän", "application/octet-stream", "text/plän" }, // [dotnet/aspnetcore#26334]
            // [aspnet/KestrelHttpServer#2274]
            { "text/plain\r\nSet-Cookie: a", "application/octet-stream", "text/plain\r\nSet-Cookie: a" },
            { "text/plain\0", "application/octet-stream", "text/plain\0" },
            { "text/" + LoneSurrogate, "application/octet-stream", "text/cut \ufffd" },
        };

    public static TheoryData<string, string> Names =>
        new()
        {
            { "ce-id", "ce-id" },
            { "order id", "order%20id" },
            { "größe", "gr%C3%B6%C3%9Fe" },
            { "a:b", "a%3Ab" },
            { "100% a", "100%25%20a" },
            { "a\r\nb", "a%0D%0Ab" },
            { "", "%" },
            { LoneSurrogate, "cut%20%EF%BF%BD" },
            { "Content-Length", "%43ontent-Length" },
            { "transfer-encoding", "%74ransfer-encoding" },
            { "BrokerProperties", "%42rokerProperties" },
        };

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public async Task Returns_every_text_of_a_message_and_of_a_dead_letter(string text, string header, string read)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        var all = emulator.Queue("events/subscriptions/all");
        emulator
            .Broker.Topics.Single()
            .Publish(
                new BrokerMessage
                {
                    MessageId = text,
                    CorrelationId = text,
                    Subject = text,
                    Properties = [new("property", text)],
                    Body = "body"u8.ToArray(),
                }
            );
        Assert.True(all.TryDeadLetter(all.TryReceive()!, text, text));

        var answer = await emulator.Rest.DeleteAsync(DeadHead);

        Assert.Equal((HttpStatusCode.OK, "body"), (answer.Status, answer.Body));
        Assert.All(
            (string[])["property", "DeadLetterReason", "DeadLetterErrorDescription"],
            name => Assert.Equal(header, answer.Headers[name])
        );
        var properties = JsonNode.Parse(answer.Headers["BrokerProperties"])!;
        Assert.All(
            (string[])["MessageId", "CorrelationId", "Label"],
            name => Assert.Equal(read, properties[name]!.GetValue<string>())
        );
        await UntilEmptyAsync(all.DeadLetters!);
    }

    [Theory]
    [MemberData(nameof(ContentTypes), DisableDiscoveryEnumeration = true)]
    public async Task Returns_every_content_type(string contentType, string header, string? property)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        emulator.Broker.Topics.Single().Publish(new BrokerMessage { MessageId = "a", ContentType = contentType });

        var answer = await emulator.Rest.DeleteAsync(Head);

        Assert.Equal((HttpStatusCode.OK, header), (answer.Status, answer.Headers["Content-Type"]));
        Assert.Equal(property, (string?)JsonNode.Parse(answer.Headers["BrokerProperties"])!["ContentType"]);
    }

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task Returns_every_property_name(string name, string header)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        emulator
            .Broker.Topics.Single()
            .Publish(
                new BrokerMessage
                {
                    MessageId = "a",
                    Properties = [new(name, "value")],
                    Body = "body"u8.ToArray(),
                }
            );

        var answer = await emulator.Rest.DeleteAsync(Head);

        Assert.Equal(
            ("\"value\"", "4", "body"),
            (answer.Headers[header], answer.Headers["Content-Length"], answer.Body)
        );
    }

    [Fact]
    public async Task Returns_values_other_than_text_and_names_that_differ_only_in_case()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        emulator
            .Broker.Topics.Single()
            .Publish(
                new BrokerMessage
                {
                    MessageId = "a",
                    Properties =
                    [
                        new("big", ulong.MaxValue),
                        new("small", (sbyte)-1),
                        new("half", 0.5f),
                        new("none", double.NaN),
                        new("Twice", 1),
                        new("twice", 2),
                        new("when", TimeSpan.FromDays(1)),
                    ],
                }
            );

        var headers = (await emulator.Rest.DeleteAsync(Head)).Headers;

        Assert.Equal(
            ("18446744073709551615", "-1", "0.5", "\"NaN\"", "1,2", "\"1.00:00:00\""),
            (headers["big"], headers["small"], headers["half"], headers["none"], headers["twice"], headers["when"])
        );
    }

    /// <summary>
    /// A message leaves its queue when all of it has been written, shortly after its receiver could read it.
    /// </summary>
    private static Task UntilEmptyAsync(MessageQueue queue) =>
        queue
            .WhenAsync(static counts => counts == default, RunningEmulator.Token)
            .WaitAsync(RunningEmulator.Patience, RunningEmulator.Token);
}
