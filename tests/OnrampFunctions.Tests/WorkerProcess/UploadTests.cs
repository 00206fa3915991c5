using System.Net;
using System.Net.Sockets;
using System.Text;
using FunctionsHost.Protocol;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>Bodies over the network, through host and worker.</summary>
public sealed class UploadTests(Platform platform)
{
    private readonly HostedApp _app = platform.Shared;

    [Fact]
    // [Azure/azure-functions-host#7930]
    public async Task Fifty_bodies_in_chunks_at_once_are_all_read_and_each_has_one_event()
    {
        var orders = Enumerable.Range(0, 50).Select(_ => platform.Order()).ToList();
        var answers = await Task.WhenAll(orders.Select(order => SendInChunksAsync(order.OrderId)));
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        await Task.WhenAll(orders.Select(order => platform.Bus.OutcomeAsync($"chunks-{order.OrderId}")));
        Assert.All(
            orders,
            order =>
            {
                Assert.Equal((OrderStates.Cancelled, 1), (order.Status, order.CancelCalls));
                Assert.Single(platform.Bus.OutcomesOf($"chunks-{order.OrderId}"));
            }
        );
    }

    /// <summary>The Functions host does not return a response before the worker has read the whole body.</summary>
    [Theory]
    [InlineData(5_000, false)]
    [InlineData(5_000, true)]
    [InlineData(5_000_000, false)]
    [InlineData(5_000_000, true)]
    [InlineData(20_000_000, false)]
    public async Task A_body_that_is_too_large_gets_the_apps_own_response(int length, bool isChunked)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/orders/cancel")
        {
            Content = new ByteArrayContent(new byte[length]),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = isChunked;
        var answer = await _app.SendAsync(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Beyond_its_own_limit_the_host_answers_without_a_word()
    {
        using TcpClient caller = new();
        await SendAsync(caller, "Content-Length: 104857601", "{");
        using StreamReader response = new(caller.GetStream());
        Assert.Equal(
            "HTTP/1.1 500 Internal Server Error",
            await response.ReadLineAsync(Platform.Token).AsTask().WaitAsync(Platform.Patience, Platform.Token)
        );
    }

    [Theory]
    [InlineData("Content-Length: 50", "{\"orderId\":")]
    [InlineData("Content-Length: 50", "")]
    [InlineData("Transfer-Encoding: chunked", "b\r\n{\"orderId\":\r\n")]
    public async Task A_truncated_body_is_not_logged_as_an_error_and_has_no_effect(string framing, string sent)
    {
        var trace = $"{Guid.NewGuid():N}";
        using (TcpClient caller = new())
        {
            await SendAsync(caller, $"traceparent: 00-{trace}-b7ad6b7169203331-01\r\n{framing}", sent);

            // The worker has started to read it by then.
            await _app.CancelAsync(platform.Order().OrderId);
            caller.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await AssertUnharmedAsync(trace);
    }

    /// <summary>
    /// The web server waits five seconds for the first bytes. Behind the host, no caller gets a response before the
    /// body ends.
    /// </summary>
    [Fact]
    public async Task A_body_that_comes_too_slowly_is_not_waited_for()
    {
        var trace = $"{Guid.NewGuid():N}";
        using TcpClient caller = new();
        await SendAsync(caller, $"traceparent: 00-{trace}-b7ad6b7169203331-01\r\nContent-Length: 50", "{\"orderId\":");
        await AssertUnharmedAsync(trace);
    }

    [Fact]
    public async Task Cannot_stop_a_cancel_by_hanging_up()
    {
        var order = platform.Order();
        var held = order.Hold(ProviderOperation.Cancel);
        using (TcpClient caller = new())
        {
            await SendAsync(
                caller,
                $"Idempotency-Key: gone-{order.OrderId}\r\nContent-Length: 20",
                $$"""{"orderId":"{{order.OrderId}}"}"""
            );
            await held.Arrived.WaitAsync(Platform.Patience, Platform.Token);
            caller.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        held.Release();
        Assert.Equal(
            "cancelled",
            (await platform.Bus.OutcomeAsync($"gone-{order.OrderId}")).ApplicationProperties["outcome"]
        );
    }

    /// <summary>
    /// The invocation ends, the log has no error of the app or its web server, and the next request is answered.
    /// </summary>
    private async Task AssertUnharmedAsync(string trace)
    {
        var invocation = (await _app.EndAsync(trace)).InvocationId;
        Assert.DoesNotContain(
            _app.Worker.Channel.Logs,
            log =>
                log.Level >= RpcLog.Types.Level.Error
                && (
                    log.InvocationId == invocation
                        ? !log.Category.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal)
                        : log.Category.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                )
        );
        Assert.Equal(HttpStatusCode.OK, (await _app.CancelAsync(platform.Order().OrderId)).Status);
    }

    private async Task SendAsync(TcpClient caller, string headers, string body)
    {
        await caller.ConnectAsync(_app.Host.Http.Host, _app.Host.Http.Port, Platform.Token);
        var request =
            $"POST /api/orders/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{body}";
        await caller.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Platform.Token);
    }

    private async Task<Answer> SendInChunksAsync(string orderId)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/orders/cancel")
        {
            Content = new Pieces("""{"orderId":""", $"\"{orderId}", "\"", "}"),
        };
        request.Headers.Add("Idempotency-Key", $"chunks-{orderId}");
        return await _app.SendAsync(request);
    }

    /// <summary>A body of unknown length, sent in pieces.</summary>
    private sealed class Pieces : HttpContent
    {
        private readonly string[] _pieces;

        public Pieces(params string[] pieces)
        {
            _pieces = pieces;
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in _pieces)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(piece));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
