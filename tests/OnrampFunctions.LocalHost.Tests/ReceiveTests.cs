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
/// Receiving by REST removes a message only when all of it has been written, whatever the message contains.
/// </summary>
public sealed class ReceiveTests
{
    private const string Head = "/cancel-results/subscriptions/local/messages/head?timeout=0";

    [Fact]
    public async Task Hands_over_the_dead_letter_of_a_field_name_that_was_cut()
    {
        await using var host = await RunningHost.StartAsync();
        var body = $$"""{"{{new string('x', 63)}}😀":1}""";
        using (var connection = await RawConnection.OpenAsync(host))
        {
            await connection.SendAsync(
                "POST /cancel-requests/messages HTTP/1.1\nHost: localhost\nContent-Type: application/jsön\n"
                    + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\n\n{body}"
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
    [InlineData("reader is gone")]
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
                            case "reader is gone":
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
