using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// Receiving by REST removes a message only after it is delivered, and delivers every message, whatever its content.
/// </summary>
public sealed class ReceiveTests
{
    private const string Head = "/cancel-results/subscriptions/local/messages/head?timeout=0";
    private const string DeadHead = "/cancel-results/subscriptions/local/$DeadLetterQueue/messages/head?timeout=0";
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
    public async Task Hands_over_every_text_of_a_message_and_of_a_dead_letter(string text, string header, string read)
    {
        await using var host = await RunningHost.StartAsync();
        var local = host.Host.Broker.Local;
        host.Host.Broker.Results.Publish(
            new BrokerMessage
            {
                MessageId = text,
                CorrelationId = text,
                Subject = text,
                Properties = [new("property", text)],
                Body = "body"u8.ToArray(),
            }
        );
        Assert.True(local.TryDeadLetter(local.TryReceive()!, text, text));

        var answer = await host.DeleteAsync(DeadHead);

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
        await LeavesAsync(local.DeadLetters!);
    }

    [Theory]
    [MemberData(nameof(ContentTypes), DisableDiscoveryEnumeration = true)]
    public async Task Hands_over_every_content_type(string contentType, string header, string? property)
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Broker.Results.Publish(new BrokerMessage { MessageId = "a", ContentType = contentType });

        var answer = await host.DeleteAsync(Head);

        Assert.Equal((HttpStatusCode.OK, header), (answer.Status, answer.Headers["Content-Type"]));
        Assert.Equal(property, (string?)JsonNode.Parse(answer.Headers["BrokerProperties"])!["ContentType"]);
    }

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task Hands_over_every_property_name(string name, string header)
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Broker.Results.Publish(
            new BrokerMessage
            {
                MessageId = "a",
                Properties = [new(name, "value")],
                Body = "body"u8.ToArray(),
            }
        );

        var answer = await host.DeleteAsync(Head);

        Assert.Equal(
            ("\"value\"", "4", "body"),
            (answer.Headers[header], answer.Headers["Content-Length"], answer.Body)
        );
    }

    [Fact]
    public async Task Hands_over_values_that_are_no_text_and_names_that_differ_in_case_only()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Broker.Results.Publish(
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

        var headers = (await host.DeleteAsync(Head)).Headers;

        Assert.Equal(
            ("18446744073709551615", "-1", "0.5", "\"NaN\"", "1,2", "\"1.00:00:00\""),
            (headers["big"], headers["small"], headers["half"], headers["none"], headers["twice"], headers["when"])
        );
    }

    [Fact]
    public async Task Hands_over_the_dead_letter_of_a_field_name_that_was_cut()
    {
        await using var host = await RunningHost.StartAsync();
        var body = $$"""{"{{new string('x', 63)}}😀":1}""";
        using (var connection = await RawConnection.OpenAsync(host))
        {
            await connection.SendAsync(
                $"POST /cancel-requests/messages HTTP/1.1\nHost: localhost\nContent-Type: application/jsön\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\n\n{body}"
            );
            Assert.Equal(201, (await connection.ReadAsync()).Status);
        }

        await host.DeadLetters.WhenAsync(counts => counts.Ready == 1, RunningHost.Token);

        var answer = await host.DeleteAsync("/cancel-requests/$DeadLetterQueue/messages/head?timeout=0");

        Assert.Equal(
            (HttpStatusCode.OK, body, "\"InvalidMessage\""),
            (answer.Status, answer.Body, answer.Headers["DeadLetterReason"])
        );
        Assert.Contains(
            "Unknown field.",
            JsonNode.Parse(answer.Headers["DeadLetterErrorDescription"])!.GetValue<string>(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("writing fails")]
    [InlineData("nobody reads")]
    [InlineData("hung up")]
    public async Task Takes_nothing_that_could_not_be_handed_over(string fault)
    {
        await using var host = await RunningHost.StartAsync(services =>
            services.AddSingleton<IStartupFilter, BrokenReceivers>()
        );
        host.Host.Broker.Results.Publish(new BrokerMessage { MessageId = "a", Body = "body"u8.ToArray() });
        using HttpRequestMessage request = new(HttpMethod.Delete, Head) { Headers = { { "X-Fault", fault } } };
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () => (await host.SendAsync(request)).Body.Single());
        await host
            .Host.Broker.Local.WhenAsync(counts => counts.Ready == 1, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);

        var answer = await host.DeleteAsync(Head);

        Assert.Equal("body", answer.Body);
        Assert.Equal(2, JsonNode.Parse(answer.Headers["BrokerProperties"])!["DeliveryCount"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(Head)).Status);
        await LeavesAsync(host.Host.Broker.Local);
    }

    /// <summary>
    /// A delivered message leaves its queue when it has been written completely, a moment after its receiver could read
    /// it.
    /// </summary>
    private static Task LeavesAsync(MessageQueue queue) =>
        queue
            .WhenAsync(static counts => counts == default, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);

    /// <summary>
    /// Receivers whose connection breaks during the response, in the ways that the web server may notice.
    /// </summary>
    private sealed class BrokenReceivers : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (context, rest) =>
                    {
                        using CancellationTokenSource gone = new();
                        Pipe connection = new();
                        switch (context.Request.Headers["X-Fault"].ToString())
                        {
                            case "writing fails":
                                await connection.Reader.CompleteAsync(new IOException("Broken pipe"));
                                break;
                            case "nobody reads":
                                await connection.Reader.CompleteAsync();
                                break;
                            case "hung up":
                                context.RequestAborted = gone.Token;
                                context.Response.OnStarting(gone.CancelAsync);
                                break;
                            default:
                                await rest(context);
                                return;
                        }

                        try
                        {
                            context.Features.Set<IHttpResponseBodyFeature>(
                                new Body(
                                    connection.Writer,
                                    context.Features.GetRequiredFeature<IHttpResponseBodyFeature>()
                                )
                            );
                            await rest(context);
                        }
                        finally
                        {
                            context.Abort();
                        }
                    }
                );
                next(app);
            };
    }

    private sealed class Body(PipeWriter writer, IHttpResponseBodyFeature real) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => real.StartAsync();

        public void DisableBuffering() { }

        public Task SendFileAsync(
            string path,
            long offset,
            long? count,
            CancellationToken cancellationToken = default
        ) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => real.StartAsync(cancellationToken);
    }
}
