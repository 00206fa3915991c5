using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The requests that the provider receives for a cancel, byte for byte.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("""{"orderId":1443}""", """{"orderId":"1443"}""")]
    [InlineData("""{"hash":"abc","reason":"never sent"}""", """{"hash":"abc"}""")]
    public async Task Sends_what_the_vendor_asks_for(string asked, string body)
    {
        using WireRecorder provider = new();
        await using var host = await RunningHost.StartAsync(("Onramp__BaseUrl", provider.Url));

        var recording = provider.AnswerOneAsync("""{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""");
        var answer = await host.PostAsync("/api/orders/cancel", asked);
        var request = await recording;

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("POST /onramp-merchants/widget/cancelOrder HTTP/1.1", request.RequestLine);
        Assert.Equal("application/json", request.Headers["Accept"]);
        Assert.Equal(
            "application/json;charset=UTF-8",
            request.Headers["Content-Type"].Replace(" ", "", StringComparison.Ordinal)
        );
        Assert.Equal("test_key", request.Headers["X-ONRAMP-APIKEY"]);
        Assert.Equal(body, request.Body);

        var payload = request.Headers["X-ONRAMP-PAYLOAD"];
        var timestamp = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(
            $$"""{"timestamp":{{timestamp}},"body":{{body}}}""",
            Encoding.UTF8.GetString(Convert.FromBase64String(payload))
        );
        var signature = Convert.ToHexStringLower(
            HMACSHA512.HashData("test_secret"u8, Encoding.ASCII.GetBytes(payload))
        );
        Assert.Equal(signature, request.Headers["X-ONRAMP-SIGNATURE"]);
    }

    [Fact]
    public async Task Sends_nothing_else_to_a_third_party_neither_the_callers_trace_nor_cookies()
    {
        using WireRecorder provider = new();
        await using var host = await RunningHost.StartAsync(
            ("Onramp__BaseUrl", provider.Url),
            ("Onramp__MaxRetries", "0")
        );

        List<RecordedRequest> requests = [];
        var recording = Task.Run(
            async () =>
            {
                requests.Add(
                    await provider.AnswerOneAsync("", "302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: session=1")
                );
                requests.Add(
                    await provider.AnswerOneAsync(
                        """{"status":1,"data":{"orderId":1443,"status":-3},"code":200}""",
                        "200 OK\r\nSet-Cookie: session=2"
                    )
                );
                requests.Add(
                    await provider.AnswerOneAsync("""{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""")
                );
            },
            RunningHost.Token
        );
        (string, string)[] trace =
        [
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("tracestate", "a=1"),
            ("baggage", "user=7"),
        ];
        await host.CancelAsync("1443", trace);
        await host.CancelAsync("1443", trace);
        await recording.WaitAsync(RunningHost.Patience, RunningHost.Token);

        Assert.Equal(
            ["cancelOrder", "getOrder", "cancelOrder"],
            requests.Select(request => request.RequestLine.Split(' ')[1].Split('/')[^1])
        );
        string[] expected =
        [
            "Accept",
            "Accept-Encoding",
            "Content-Length",
            "Content-Type",
            "Host",
            "X-ONRAMP-APIKEY",
            "X-ONRAMP-PAYLOAD",
            "X-ONRAMP-SIGNATURE",
        ];
        Assert.All(requests, request => Assert.Equal(expected, request.Headers.Keys.Order(StringComparer.Ordinal)));
    }
}
