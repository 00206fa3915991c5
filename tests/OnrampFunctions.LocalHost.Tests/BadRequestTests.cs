using System.Net;

namespace OnrampFunctions.Local.Tests;

/// <summary>What a caller gets for a request that is wrong; the provider never hears of it, and the next good request works.</summary>
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
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/cloudevents+json")]
    [InlineData("nonsense")]
    public async Task Cannot_send_another_media_type(string contentType)
    {
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1443"}""", ("Content-Type", contentType));
        var answer = await _host.SendAsync(request);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("identity, br")]
    public async Task Cannot_send_a_compressed_body(string contentEncoding)
    {
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1443"}""", ("Content-Encoding", contentEncoding));
        var answer = await _host.SendAsync(request);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "identity"), (answer.Status, answer.Problem, answer.Headers["Accept-Encoding"]));
    }

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json;")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Can_send_JSON_whatever_charset_it_is_said_to_have(string contentType)
    {
        var answer = await _host.PostAsync("/api/orders/timeouts", """{"orderId":"1443","hash":null,"at":"2030-01-31t12:30:00.123456789z"}""", ("Content-Type", contentType));

        Assert.Equal((HttpStatusCode.Created, "2030-01-31T12:30:00.1234567+00:00"), (answer.Status, answer.Text("dueAt")));
    }

    [Fact]
    public async Task Cannot_send_a_body_without_a_media_type()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/orders/cancel") { Content = new ByteArrayContent("""{"orderId":"1443"}"""u8.ToArray()) };

        Assert.Equal("unsupported-media-type", (await _host.SendAsync(request)).Problem);
    }

    [Theory]
    [InlineData(4097)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task Cannot_send_a_body_that_is_too_large(int bytes)
    {
        var answer = await _host.PostAsync("/api/orders/cancel", $$"""{"orderId":"1443","reason":"{{new string('x', bytes)}}"}""");

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Cannot_send_a_body_that_is_too_large_in_chunks_either()
    {
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", new string(' ', 5000));
        request.Headers.TransferEncodingChunked = true;

        Assert.Equal("body-too-large", (await _host.SendAsync(request)).Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("orderId=1443")]
    [InlineData("""{"orderId":"1443" """)]
    [InlineData("""{"orderId":"1443"}{"orderId":"1443"}""")]
    [InlineData("""{"orderId":"1443",}""")]
    [InlineData("""{'orderId':'1443'}""")]
    [InlineData("""["1443"]""")]
    [InlineData("\"1443\"")]
    [InlineData("1443")]
    [InlineData("null")]
    [InlineData("""{"orderId":"\ud800"}""")]
    public async Task Cannot_send_what_is_not_a_JSON_object(string body)
    {
        var answer = await _host.PostAsync("/api/orders/cancel", body);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid-json"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Cannot_send_bytes_that_are_not_UTF8()
    {
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", "");
        request.Content = new ByteArrayContent([.. """{"orderId":"14"""u8, 0xC3, 0x28, .. "\"}"u8]) { Headers = { ContentType = new("application/json") } };

        Assert.Equal("invalid-json", (await _host.SendAsync(request)).Problem);
    }

    [Fact]
    public async Task Cannot_nest_deeply()
    {
        var deep = new string('[', 1500) + new string(']', 1500);

        Assert.Equal("invalid-json", (await _host.PostAsync("/api/orders/cancel", $$"""{"orderId":{{deep}}}""")).Problem);
    }

    [Theory]
    [InlineData("{}", "#")]
    [InlineData("""{"orderId":"1443","hash":"abc"}""", "#")]
    [InlineData("""{"orderId":"1443","orderId":"1443"}""", "#/orderId")]
    [InlineData("""{"orderId":"abc"}""", "#/orderId")]
    [InlineData("""{"orderId":"01443"}""", "#/orderId")]
    [InlineData("""{"orderId":-1443}""", "#/orderId")]
    [InlineData("""{"orderId":1443.0}""", "#/orderId")]
    [InlineData("""{"orderId":"١٤٤٣"}""", "#/orderId")]
    [InlineData("""{"orderId":"1443\u0000"}""", "#/orderId")]
    [InlineData("""{"orderId":true}""", "#/orderId")]
    [InlineData("""{"orderId":null}""", "#")]
    [InlineData("""{"hash":""}""", "#/hash")]
    [InlineData("""{"hash":"\u202Eabc"}""", "#/hash")]
    [InlineData("""{"hash":"a b"}""", "#/hash")]
    [InlineData("""{"orderId":"1443","onlyIfUnpaid":"true"}""", "#/onlyIfUnpaid")]
    [InlineData("""{"orderId":"1443","onlyifunpaid":true}""", "#/onlyifunpaid")]
    [InlineData("""{"orderId":"1443","reason":5}""", "#/reason")]
    [InlineData("""{"orderId":"1443","a/b~c":1}""", "#/a~1b~0c")]
    [InlineData("""{"orderId":"1443","100% é#":1}""", "#/100%25%20%C3%A9%23")]
    public async Task Cannot_send_wrong_fields(string body, string where)
    {
        var answer = await _host.PostAsync("/api/orders/cancel", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Contains(answer.Json["errors"]!.AsArray(), error => error!["pointer"]!.ToString() == where);
    }

    [Fact]
    public async Task Is_told_all_faults_at_once()
    {
        var answer = await _host.PostAsync("/api/orders/cancel", """{"orderId":"x","onlyIfUnpaid":1,"reason":[],"more":{}}""");

        Assert.Equal(["#/orderId", "#/onlyIfUnpaid", "#/reason", "#/more"], answer.Json["errors"]!.AsArray().Select(error => error!["pointer"]!.ToString()));
    }

    [Theory]
    [InlineData("GET", "/api/orders/cancel", "POST")]
    [InlineData("PUT", "/api/orders/cancel", "POST")]
    [InlineData("DELETE", "/api/orders/cancel", "POST")]
    [InlineData("GET", "/api/orders/timeouts", "POST")]
    [InlineData("GET", "/api/orders/timeouts/1", "DELETE")]
    [InlineData("POST", "/api/health", "GET,HEAD")]
    public async Task Cannot_use_another_method(string method, string path, string allowed)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        var answer = await _host.SendAsync(request);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, "method-not-allowed", allowed), (answer.Status, answer.Problem, answer.Headers["Allow"]));
    }

    [Fact]
    public async Task Cannot_give_an_idempotency_key_that_is_too_long()
    {
        var answer = await _host.CancelAsync("1443", ("Idempotency-Key", new string('k', 256)));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid-idempotency-key"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Cannot_arm_a_timeout_outside_the_bounds()
    {
        foreach (var timing in (string[])["\"after\":\"PT0S\"", "\"after\":\"P31D\"", "\"at\":\"2029-01-01T00:00:00Z\"", "\"after\":\"1 hour\"", "\"at\":\"tomorrow\"", "\"reason\":\"no time at all\""])
        {
            var answer = await _host.PostAsync("/api/orders/timeouts", $$"""{"orderId":"1443",{{timing}}}""");

            Assert.Equal("invalid-request", answer.Problem);
        }

        Assert.Equal(0, _host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task Can_ask_for_the_health_and_learns_nothing_secret()
    {
        var answer = await _host.GetAsync("/api/health");

        Assert.Equal((HttpStatusCode.OK, """{"status":"ready"}"""), (answer.Status, answer.Body));
    }
}
