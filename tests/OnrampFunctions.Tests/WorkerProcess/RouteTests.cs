using System.Net;
using FunctionsHost.Protocol;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// Tests of the real worker's routes that are not contract cases, with a host that forwards requests as the platform
/// does.
/// </summary>
public sealed class RouteTests(Platform platform)
{
    private readonly HostedApp _app = platform.Shared;

    [Fact]
    public async Task A_caller_who_prefers_not_to_wait_gets_a_202_and_a_message_waits_on_the_queue()
    {
        var answer = await _app.PostAsync(
            "/api/orders/cancel",
            """{"orderId":"1447"}""",
            ("Prefer", "respond-async"),
            ("Idempotency-Key", "async-1")
        );
        Assert.Equal((HttpStatusCode.Accepted, "respond-async"), (answer.Status, answer.Headers["Preference-Applied"]));
        var message = platform.Queue(Platform.Requests).TryReceive()!;
        Assert.Equal(
            """{"orderId":"1447","onlyIfUnpaid":false}""",
            System.Text.Encoding.UTF8.GetString(message.Message.Body.Span)
        );
    }

    [Fact]
    public async Task A_timeout_is_armed_moved_shown_and_disarmed()
    {
        const string path = "/api/orders/1447/timeout";
        Assert.Equal(HttpStatusCode.NotFound, (await _app.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.Created, (await _app.PutAsync(path, """{"after":"PT30M"}""")).Status);
        var moved = await _app.PutAsync(path, """{"after":"PT1H"}""");
        var shown = await _app.SendAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, moved.Body), (moved.Status, shown.Body));
        Assert.Equal(HttpStatusCode.NoContent, (await _app.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await _app.SendAsync(HttpMethod.Delete, path)).Status);
    }

    [Theory]
    [InlineData("""{"after":"PT0S"}""")]
    [InlineData("""{"at":"tomorrow"}""")]
    [InlineData("""{"reason":"no time at all"}""")]
    public async Task Cannot_arm_a_timeout_outside_the_bounds(string body) =>
        Assert.Equal("invalid-request", (await _app.PutAsync("/api/orders/1447/timeout", body)).Problem);

    [Fact]
    public async Task A_request_sends_the_host_no_log_entry_that_it_would_drop()
    {
        Assert.Equal(HttpStatusCode.OK, (await _app.CancelAsync(platform.Order().OrderId)).Status);
        Assert.DoesNotContain(
            _app.Worker.Channel.Logs,
            static log =>
                log.Category.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                && log.Level < RpcLog.Types.Level.Warning
        );
    }

    [Fact]
    public async Task Health_has_no_body_for_who_asks_for_none() =>
        Assert.Equal(
            (HttpStatusCode.OK, ""),
            (await _app.SendAsync(HttpMethod.Head, "/api/health")) is var answer
                ? (answer.Status, answer.Body)
                : default
        );
}
