using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Responses to invalid requests. The provider is not called, and the next valid request works.</summary>
public sealed class BadRequestTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Assert.All(_host.Simulator.Orders, order => Assert.Equal((0, 0), (order.CancelCalls, order.GetCalls)));
        Assert.Equal(0, _host.Host.Broker.Local.Counts.Ready);
        Assert.Equal(HttpStatusCode.OK, (await _host.CancelAsync("1443")).Status);
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json;")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Can_send_JSON_whatever_charset_it_is_said_to_have(string contentType)
    {
        var answer = await _host.PutAsync(
            "/api/orders/1443/timeout",
            $$"""{"after":null,"at":"{{RunningHost.Start:yyyy-MM-dd}}t12:30:00.123456789z"}""",
            ("Content-Type", contentType)
        );

        Assert.Equal(
            (HttpStatusCode.Created, $"{RunningHost.Start:yyyy-MM-dd}T12:30:00.123+00:00"),
            (answer.Status, answer.Text("dueAt"))
        );
    }

    [Theory]
    [InlineData(4097)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task Cannot_send_a_body_that_is_too_large(int bytes)
    {
        var answer = await _host.PostAsync(
            "/api/orders/cancel",
            $$"""{"orderId":"1443","reason":"{{new string('x', bytes)}}"}"""
        );

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Cannot_send_a_body_that_is_too_large_in_chunks_either()
    {
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", new string(' ', 5000));
        request.Headers.TransferEncodingChunked = true;

        Assert.Equal("body-too-large", (await _host.SendAsync(request)).Problem);
    }

    [Fact]
    public async Task Cannot_arm_a_timeout_outside_the_bounds()
    {
        foreach (
            var timing in (string[])
                [
                    "\"after\":\"PT0S\"",
                    "\"after\":\"P31D\"",
                    "\"at\":\"2029-01-01T00:00:00Z\"",
                    "\"after\":\"1 hour\"",
                    "\"at\":\"tomorrow\"",
                    "\"reason\":\"no time at all\"",
                ]
        )
        {
            var answer = await _host.PutAsync("/api/orders/1443/timeout", $$"""{{{timing}}}""");

            Assert.Equal("invalid-request", answer.Problem);
        }

        Assert.Equal(0, _host.Queue.Counts.Scheduled);
    }
}
