using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// Uploads that break, are too large, or have unusual framing, over real sockets: the sender gets a response, the log
/// has no error, and nothing is cancelled.
/// </summary>
public sealed class UploadTests(UploadTests.Server server) : IClassFixture<UploadTests.Server>
{
    private const string Cancel = "POST /api/orders/cancel HTTP/1.1\nHost: localhost\nContent-Type: application/json\n";
    private const string Arm =
        "PUT /api/orders/1443/timeout HTTP/1.1\nHost: localhost\nContent-Type: application/json\n";
    private const string Send = "POST /cancel-requests/messages HTTP/1.1\nHost: localhost\n";
    private const string Order = "PUT /simulator/orders/77 HTTP/1.1\nHost: localhost\n";
    private const string Faults = "PUT /simulator/faults HTTP/1.1\nHost: localhost\n";
    private const string Vault = "PUT /simulator/vault HTTP/1.1\nHost: localhost\n";
    private const string Provider = "POST /onramp-merchants/widget/cancelOrder HTTP/1.1\nHost: localhost\n";
    private const string Chunked = "Transfer-Encoding: chunked\n\n";

    [Theory]
    [InlineData(Cancel + Chunked + "zz\r\n{}\r\n0\r\n\r\n", 400, "incomplete-body")]
    [InlineData(Cancel + Chunked + "2\r\n{}0\r\n\r\n", 400, "incomplete-body")]
    [InlineData(Cancel + Chunked + "-2\r\n{}\r\n0\r\n\r\n", 400, "incomplete-body")]
    [InlineData(Cancel + Chunked + "FFFFFFFFF\r\n{}\r\n", 400, "incomplete-body")]
    [InlineData(Cancel + Chunked + "2 2\r\n{}\r\n0\r\n\r\n", 400, "incomplete-body")]
    [InlineData(Arm + Chunked + "0x2\r\n{}\r\n0\r\n\r\n", 400, "incomplete-body")]
    [InlineData(Send + Chunked + "zz\r\n", 400, "about:blank")]
    [InlineData(Send + Chunked + "FFFFFFFFF\r\n{}\r\n", 400, "about:blank")]
    [InlineData(Order + Chunked + "zz\r\n", 400, "about:blank")]
    [InlineData(Order + Chunked + "FFFFFFFFF\r\n{}\r\n", 400, "about:blank")]
    [InlineData(Faults + Chunked + "zz\r\n", 400, "about:blank")]
    [InlineData(Vault + Chunked + "zz\r\n", 400, "about:blank")]
    [InlineData(Provider + Chunked + "zz\r\n", 400, "about:blank")]
    public async Task A_badly_chunked_upload_is_a_400(string request, int status, string type) =>
        await AssertAnswerAsync(request, status, type);

    // An aborted request gets no response, because the web server treats the end of the request as the end of the
    // connection.
    [Theory]
    // [dotnet/aspnetcore#23949], [NethermindEth/nethermind#2329]
    [InlineData(Cancel + "Content-Length: 50\n\n{\"orderId\":\"1443\"}")]
    [InlineData(Cancel + "Content-Length: 50\n\n")]
    [InlineData(Cancel + Chunked)]
    [InlineData(Cancel + Chunked + "12\r\n{\"orderId\":\"1443\"}\r\n")]
    [InlineData(Arm + "Content-Length: 50\n\n{")]
    [InlineData(Send + "Content-Length: 50\n\n{\"orderId\":\"1443\"}")]
    [InlineData(Send + Chunked + "12\r\n{\"orderId\":\"1443\"}\r\n")]
    [InlineData(Order + "Content-Length: 50\n\n{}")]
    [InlineData(Faults + Chunked + "2\r\n{}\r\n")]
    [InlineData(Vault + "Content-Length: 50\n\n{}")]
    [InlineData(Provider + "Content-Length: 50\n\n{}")]
    public async Task An_upload_that_breaks_off_leaves_a_debug_line_and_no_error(string request)
    {
        foreach (
            var end in (Action<RawConnection>[])
                [static connection => connection.EndSending(), static connection => connection.Reset()]
        )
        {
            await using var host = await RunningHost.StartAsync(static services =>
                services.Configure<LoggerFilterOptions>(static filter => filter.MinLevel = LogLevel.Debug)
            );
            using var connection = await RawConnection.OpenAsync(host);
            await connection.SendAsync(request);
            await host.Log.WhenAsync("started reading request body");
            end(connection);

            await host.Log.WhenAsync("Request finished");
            Assert.Contains(
                host.Log.Lines,
                line =>
                    line.StartsWith("Debug: The body of a request did not arrive", StringComparison.Ordinal)
                    || line.EndsWith("aborted by the client.", StringComparison.Ordinal)
            );
            await AssertUnharmedAsync(host);
        }
    }

    [Theory]
    [InlineData(Cancel + "Content-Length: 100000000\n\n", 413, "body-too-large")]
    [InlineData(Send + "Content-Length: 100000000\n\n", 403, "about:blank")]
    [InlineData(Send + "Content-Length: 262145\n\n", 403, "about:blank")]
    [InlineData(Order + "Content-Length: 100000000\n\n", 413, "about:blank")]
    [InlineData(Faults + "Content-Length: 4194305\n\n", 413, "about:blank")]
    [InlineData(Vault + "Content-Length: 4194305\n\n", 413, "about:blank")]
    [InlineData(Provider + "Content-Length: 65537\n\n", 413, "about:blank")]
    public async Task An_upload_that_is_announced_too_large_is_refused_before_it_comes(
        string request,
        int status,
        string type
    ) => await AssertAnswerAsync(request, status, type);

    [Theory]
    [InlineData(Cancel, 5_000, 413, "body-too-large")]
    [InlineData(Cancel, 1_000_000, 413, "body-too-large")]
    [InlineData(Send, 300_000, 403, "about:blank")]
    [InlineData(Send, 1_000_000, 403, "about:blank")]
    [InlineData(Order, 4_194_305, 413, "about:blank")]
    [InlineData(Provider, 65_537, 413, "about:blank")]
    public async Task An_upload_that_turns_out_too_large_is_refused_as_it_comes(
        string head,
        int bytes,
        int status,
        string type
    ) => await AssertAnswerAsync($"{head}{Chunked}ffffff\r\n{"{".PadRight(bytes)}", status, type);

    // However the web server reports these, they are not errors of the service. A valid request still gets a response.
    [Theory]
    [InlineData(Cancel + "Content-Length: 2\nContent-Length: 2\n\n{}", 400)]
    [InlineData(Cancel + "Content-Length: 2\nContent-Length: 3\n\n{}", 400)]
    [InlineData(Cancel + "Content-Length: 2, 2\n\n{}", 400)]
    [InlineData(Cancel + "Content-Length: -1\n\n{}", 400)]
    [InlineData(Cancel + "Content-Length: 99999999999999999999\n\n{}", 400)]
    // RFC 9112, section 6.3: the chunks count
    [InlineData(Cancel + "Content-Length: 2\nTransfer-Encoding: chunked\n\n2\r\n{}\r\n0\r\n\r\n", 422)]
    [InlineData(Cancel + "Transfer-Encoding: gzip, chunked\n\n0\r\n\r\n", 400)]
    [InlineData(Cancel + "Transfer-Encoding: gzip\n\n{}", 400)]
    [InlineData(Cancel + "Content-Encoding: gzip\nContent-Length: 2\n\n{}", 415)]
    [InlineData(Cancel + "Content-Type: text/plain\nContent-Length: 2\n\n{}", 400)]
    [InlineData(Cancel + "Expect: 200-ok\nContent-Length: 2\n\n{}", 422)]
    [InlineData(Cancel + " folded: line\nContent-Length: 2\n\n{}", 400)]
    [InlineData(Cancel + "No colon\nContent-Length: 2\n\n{}", 400)]
    [InlineData(Cancel + "Zero: \0\nContent-Length: 2\n\n{}", 400)]
    [InlineData(Cancel + "Idempotency-Key: kéy\nContent-Length: 2\n\n{}", 400)]
    [InlineData("GET http://localhost/api/health HTTP/1.1\nHost: localhost\n\n", 200)] // RFC 9112, section 3.2.2
    [InlineData("GET http://rebind.example/api/health HTTP/1.1\nHost: localhost\n\n", 400)]
    [InlineData("GET http://rebind.example/api/health HTTP/1.1\nHost: rebind.example\n\n", 403)]
    [InlineData("GET /api/health HTTP/1.1\n\n", 400)]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nHost: localhost\n\n", 400)]
    [InlineData("GET /api/health HTTP/1.1\nHost: local host\n\n", 400)]
    [InlineData("GET /api/health HTTP/1.1\nHost:\n\n", 403)]
    [InlineData("GET /api/health HTTP/1.0\n\n", 403)]
    [InlineData("GET /api/health%00 HTTP/1.1\nHost: localhost\n\n", 400)]
    [InlineData("GET /api/%ff HTTP/1.1\nHost: localhost\n\n", 404)]
    [InlineData("DELETE /api/orders/%2F..%2F/timeout HTTP/1.1\nHost: localhost\n\n", 422)]
    [InlineData("OPTIONS * HTTP/1.1\nHost: localhost\n\n", 405)]
    [InlineData("CONNECT localhost:80 HTTP/1.1\nHost: localhost:80\n\n", 405)]
    [InlineData("GET /api/health HTTP/3.0\nHost: localhost\n\n", 505)]
    [InlineData("nonsense\n\n", 400)]
    public async Task An_unusual_request_is_not_an_error_of_the_service(string request, int status) =>
        await AssertAnswerAsync(request, status);

    [Theory]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nContent-Length: 100000000\n\n", 200)]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nContent-Length: 100\n\n", 200)]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n5\r\nhello", 200)]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\nzz\r\n", 200)]
    [InlineData("GET /api/health HTTP/1.1\nHost: localhost\nExpect: 100-continue\nContent-Length: 100000000\n\n", 200)]
    [InlineData("HEAD /api/health HTTP/1.1\nHost: localhost\nContent-Length: 100\n\n", 200)]
    [InlineData("POST /api/health HTTP/1.1\nHost: localhost\nContent-Length: 100000000\n\n", 405)]
    [InlineData("PUT /api/health HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n", 405)]
    public async Task Health_is_answered_without_waiting_for_a_body(string request, int status)
    {
        var host = server.Renew();
        using var connection = await RawConnection.OpenAsync(host);
        await connection.SendAsync(request);
        Assert.Equal(status, (await connection.ReadAsync(headersOnly: true)).Status);
        await AssertUnharmedAsync(host);
    }

    [Theory]
    [InlineData("/api/orders/cancel", 408, "request-timeout")]
    [InlineData("/api/orders/1443/timeout", 408, "request-timeout")]
    [InlineData("/cancel-requests/messages", 408, "about:blank")]
    public async Task An_upload_that_is_too_slow_is_a_408(string path, int status, string type)
    {
        await using var host = await RunningHost.StartAsync(services =>
            services.AddSingleton<IStartupFilter, SlowUploads>()
        );
        var sending = path.EndsWith("timeout", StringComparison.Ordinal)
            ? host.PutAsync(path, """{"after":"PT1M"}""", ("X-Slow", "true"))
            : host.PostAsync(path, """{"orderId":"1443"}""", ("X-Slow", "true"));
        var answer = await sending;

        Assert.Equal(
            (status, type),
            ((int)answer.Status, answer.Text("type")!.Split(':')[^1] is "blank" ? answer.Text("type") : answer.Problem)
        );
        await AssertUnharmedAsync(host);
    }

    private async Task AssertAnswerAsync(string request, int status, string? type = null)
    {
        var host = server.Renew();
        using (var connection = await RawConnection.OpenAsync(host))
        {
            await connection.SendAsync(request);
            var answer = await connection.ReadAsync();
            Assert.True(status == answer.Status, answer.Text);
            if (type is not null)
            {
                Assert.Contains("Content-Type: application/problem+json", answer.Text, StringComparison.Ordinal);
                Assert.Contains($"{type}\"", answer.Text, StringComparison.Ordinal);
            }
        }

        await AssertUnharmedAsync(host);
    }

    private static async Task AssertUnharmedAsync(RunningHost host)
    {
        Assert.Equal(
            (0, 0),
            (host.Simulator.Order("1443").CancelCalls, host.Queue.Counts.Ready + host.Queue.Counts.Scheduled)
        );
        Assert.Equal(System.Net.HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
        Assert.All(
            host.Log.Lines,
            static line => Assert.False(line.Split(':')[0] is "Warning" or "Error" or "Critical", line)
        );
    }

    public sealed class Server : HostFixture
    {
        /// <summary>Replaces the order that no upload may cancel.</summary>
        public RunningHost Renew()
        {
            Host.Simulator.Put("1443");
            return Host;
        }
    }

    /// <summary>
    /// Makes the web server report a too slow upload, because waiting for a real one would take seconds.
    /// </summary>
    private sealed class SlowUploads : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, rest) =>
                    {
                        context.Request.Body = context.Request.Headers.ContainsKey("X-Slow")
                            ? new SlowBody()
                            : context.Request.Body;
                        context.Request.Headers.Remove("X-Slow");
                        return rest(context);
                    }
                );
                next(app);
            };
    }

    private sealed class SlowBody : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new BadHttpRequestException(
                "Reading the request body timed out due to data arriving too slowly. See MinRequestBodyDataRate.",
                StatusCodes.Status408RequestTimeout
            );
    }
}
