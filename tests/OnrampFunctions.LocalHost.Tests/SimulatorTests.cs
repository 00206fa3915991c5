using System.Net;
using System.Text.Json.Nodes;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// The simulated provider is as strict as the real one. Tests with handmade requests that the service did not sign.
/// </summary>
public sealed class SimulatorTests : IAsyncLifetime
{
    private const string CancelOrder = SignedCalls.CancelOrder;
    private const string GetOrder = SignedCalls.GetOrder;

    private const string Payload = SignedCalls.Payload;
    private const string Signature = SignedCalls.Signature;

    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"orderId":"1443"}""", Payload, Signature)]
    [InlineData("""{ "orderId" : "1443" }""", Payload, Signature)]
    [InlineData(
        """{"orderId": "1443"}""",
        "eyJ0aW1lc3RhbXAiOiAxNzAwMDAwMDAwMDAwLCAiYm9keSI6IHsib3JkZXJJZCI6ICIxNDQzIn19",
        "4bb0281fdd471162875225cb4fc94e8b33d4e62b0478699ce62553fb0bc0eaff6d37005807885f6f3a9335039f84270c3a5313fcde6839505e5b757fa5bcfd6a"
    )]
    [InlineData(
        """{"hash":"abc"}""",
        "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDAsImJvZHkiOnsiaGFzaCI6ImFiYyJ9fQ==",
        "c410686cdffffc5ea13a1d8eab5037258f655e0b866f7c1340eee8f06cc7d25cb46145c3057c47fc1eb265e22ee8762bdae1eb1bcf37a3951f6b4e7df0fa17a5"
    )]
    public async Task Can_be_called_as_the_vendors_samples_do(string body, string payload, string signature)
    {
        _host.Simulator.Put("1450", hash: "abc");

        var answer = await CallAsync(CancelOrder, body, payload, signature);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Matches("""^\{"status":1,"data":\{"orderId":"14\d\d","status":-3\},"code":200\}$""", answer.Body);
    }

    // The first is from the vendor's Node sample. The vendor's proxy must merge slashes, or the sample would not run.
    [Theory]
    [InlineData("/onramp-merchants//widget/cancelOrder", HttpStatusCode.OK)]
    [InlineData("/onramp-merchants/widget//cancelOrder", HttpStatusCode.OK)]
    [InlineData("//onramp-merchants/widget/cancelOrder", HttpStatusCode.OK)]
    [InlineData("///onramp-merchants////widget//cancelOrder", HttpStatusCode.OK)]
    [InlineData("/onramp-merchants//widget/getOrder", HttpStatusCode.OK)]
    [InlineData("/onramp-merchants//widget//", HttpStatusCode.NotFound)]
    [InlineData("/onramp-merchants/%2Fwidget/cancelOrder", HttpStatusCode.NotFound)]
    [InlineData("/api//orders/cancel", HttpStatusCode.NotFound)]
    [InlineData("//api/orders/cancel", HttpStatusCode.NotFound)]
    [InlineData("//cancel-requests/messages", HttpStatusCode.NotFound)]
    [InlineData("//simulator/orders/77", HttpStatusCode.NotFound)]
    [InlineData("//onramp.example/onramp-merchants/widget/cancelOrder", HttpStatusCode.NotFound)]
    public async Task Merges_slashes_for_the_provider_only(string path, HttpStatusCode expected)
    {
        // As a full address, because the client would take the text after two slashes as a host.
        var answer = await CallAsync(
            _host.Host.BaseAddress.GetLeftPart(UriPartial.Authority) + path,
            """{"orderId":"1443"}""",
            Payload,
            Signature
        );

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Returns_the_time_for_paths_with_double_slashes_too()
    {
        using HttpRequestMessage request = new(
            HttpMethod.Get,
            _host.Host.BaseAddress + "/onramp/api//v2/common/public/currentTimestamp"
        );

        Assert.Equal("1", (await _host.SendAsync(request)).Text("status"));
    }

    [Theory]
    [InlineData(-30_000, HttpStatusCode.OK)]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.Unauthorized)]
    public async Task Cannot_be_called_ahead_of_time(int milliseconds, HttpStatusCode expected)
    {
        var timestamp = _host.Clock.GetUtcNow().ToUnixTimeMilliseconds() + milliseconds;

        var answer = await CallSignedAsync(
            GetOrder,
            """{"orderId":"1443"}""",
            $$$"""{"timestamp":{{{timestamp}}},"body":{"orderId":"1443"}}"""
        );

        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected == HttpStatusCode.OK ? null : "Ahead of Time", answer.Text("error"));
    }

    [Fact]
    public async Task Can_be_asked_for_an_order_and_for_the_time()
    {
        var order = await CallAsync(GetOrder, """{"orderId":"1443"}""", Payload, Signature);
        var time = await _host.GetAsync("/onramp/api/v2/common/public/currentTimestamp");

        Assert.Equal(
            ["chainId", "coinAmount", "coinId", "depositHash", "endTime", "orderId", "startTime", "status"],
            order.Json["data"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal(1443, order.Json["data"]!["orderId"]!.GetValue<int>());
        Assert.Equal(_host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), time.Json["data"]!.GetValue<long>());
    }

    [Fact]
    public async Task Can_recreate_an_order()
    {
        var created = await _host.PutAsync("/simulator/orders/77", """{"status":1,"hash":"abc"}""");
        var changed = await _host.PutAsync("/simulator/orders/77", """{"status":0}""");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.Status, changed.Status));
        var (start, end) = (Text(_host.Clock.GetUtcNow()), Text(_host.Clock.GetUtcNow().AddMinutes(30)));
        Assert.Equal(
            $$"""{"orderId":"77","status":0,"state":"waiting for payment","startTime":{{start}},"endTime":{{end}},"cancelCalls":0,"getCalls":0}""",
            (await _host.GetAsync("/simulator/orders/77")).Body
        );
        Assert.Equal(7, (await _host.GetAsync("/simulator/orders")).Json.AsArray().Count);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.GetAsync("/simulator/orders/78")).Status);

        static string Text(DateTimeOffset time) => $"\"{time:yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz}\"";
    }

    [Fact]
    public async Task Can_shorten_and_extend_the_time_to_pay_while_it_runs()
    {
        await _host.PutAsync("/simulator/orders/77", """{"hash":"abc","endsIn":"00:01:00"}""");
        Assert.Equal((0, 60), await ReadTimesAsync());

        _host.Simulator.Order("77").EndTime += TimeSpan.FromMinutes(9);
        Assert.Equal((0, 600), await ReadTimesAsync());

        var ended = await _host.PatchAsync("/simulator/orders/77", """{"endsIn":"-00:00:30"}""");
        Assert.Equal((HttpStatusCode.OK, "abc"), (ended.Status, ended.Text("hash")));
        Assert.Equal((0, -30), await ReadTimesAsync());
        Assert.Equal(3, _host.Simulator.Order("77").GetCalls);
        Assert.Equal(OrderStates.Waiting, _host.Simulator.Order("77").Status);
    }

    [Fact]
    public async Task Can_change_the_state_and_keep_the_end()
    {
        var before = _host.Simulator.Order("1443").EndTime;
        await _host.PatchAsync("/simulator/orders/1443", """{"status":1}""");
        var order = _host.Simulator.Order("1443");
        Assert.Equal((OrderStates.Paid, before), (order.Status, order.EndTime));
    }

    [Theory]
    [InlineData("orders/77", """{"endsIn":"366.00:00:00"}""")]
    [InlineData("orders/77", """{"endsIn":"-366.00:00:00"}""")]
    [InlineData("faults", """{"slowFor":"00:00:00"}""")]
    [InlineData("faults", """{"slowFor":"01:00:00"}""")]
    [InlineData("faults", """{"retryAfterSeconds":0}""")]
    [InlineData("faults", """{"retryAfterSeconds":3600}""")]
    [InlineData("faults", """{"clockOffset":"1.00:00:00"}""")]
    [InlineData("faults", """{"clockOffset":"-1.00:00:00"}""")]
    [InlineData("faults", """{"rates":{"slow":0,"hang":1}}""")]
    public async Task Can_use_settings_up_to_their_limits(string path, string body) =>
        Assert.InRange((int)(await _host.PutAsync($"/simulator/{path}", body)).Status, 200, 204);

    [Fact]
    public async Task Shows_which_version_of_each_secret_the_vault_has()
    {
        await _host.PutAsync("/simulator/vault", """{"apiKey":"other"}""");
        var rotated = await _host.PutAsync(
            "/simulator/vault",
            """{"webhookSecret":"whsec_bmV3IHNlY3JldCBvZiB0aGUgc2hvcCwgd2hpY2g="}"""
        );

        Assert.Equal((2, 2), ((int)rotated.Json["version"]!, (int)rotated.Json["webhookVersion"]!));
    }

    [Fact]
    public async Task Can_simulate_that_queue_and_topic_are_unavailable()
    {
        var told = await _host.PutAsync("/simulator/faults", """{"queue":"hang","topic":"refuse"}""");
        await _host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.OK, "hang", "refuse"), (told.Status, told.Text("queue"), told.Text("topic")));
        Assert.Equal(
            """{"topic-refuse":1}""",
            (await _host.GetAsync("/simulator/faults")).Json["injected"]!.ToJsonString()
        );
        Assert.Equal(
            ("ok", "ok"),
            (
                (await _host.PutAsync("/simulator/faults", "{}")).Text("queue"),
                (await _host.GetAsync("/simulator/faults")).Text("topic")
            )
        );
    }

    [Fact]
    public async Task Can_change_some_faults_and_keep_the_others()
    {
        await _host.PutAsync(
            "/simulator/faults",
            """{"seed":7,"rates":{"slow":0.1,"http503":0.2},"slowFor":"00:00:05","topic":"refuse"}"""
        );

        var changed = await _host.PatchAsync(
            "/simulator/faults",
            """{"rates":{"reset":0.3,"slow":0},"queue":"hang"}"""
        );

        var expected = JsonNode.Parse(
            """
            {
              "seed": 7,
              "rates": { "http503": 0.2, "reset": 0.3 },
              "slowFor": "00:00:05",
              "retryAfterSeconds": 1,
              "clockOffset": "00:00:00",
              "queue": "hang",
              "topic": "refuse",
              "injected": {}
            }
            """
        );
        Assert.True(JsonNode.DeepEquals(expected, changed.Json), changed.Body);
    }

    [Theory]
    [InlineData("""{"rates":{"nonsense":1}}""", "nonsense is not a fault.")]
    [InlineData("""{"rates":{"slow":-0.1}}""", "A rate must be a probability between 0 and 1.")]
    [InlineData("""{"rates":{"reset":0.9}}""", "the sum of its rates must not exceed 1")]
    [InlineData("""{"queue":"off"}""", "queue and topic must each be one of ok, refuse, hang.")]
    [InlineData("""{"retryAfterSeconds":-1}""", "retryAfterSeconds 0 to 3600")]
    [InlineData("""{"rates":"all"}""", "rates must be an object of numbers")]
    [InlineData("""{"rate":{}}""", "Unknown field rate.")]
    public async Task Cannot_change_faults_to_invalid_ones(string body, string detail)
    {
        var before = await _host.PutAsync("/simulator/faults", """{"rates":{"slow":0.2}}""");

        var answer = await _host.PatchAsync("/simulator/faults", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(detail, answer.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(before.Body, (await _host.GetAsync("/simulator/faults")).Body);
    }

    /// <summary>The start and the end in getOrder's answer, in seconds from now.</summary>
    private async Task<(long Start, long End)> ReadTimesAsync()
    {
        var now = _host.Clock.GetUtcNow().ToUnixTimeSeconds();
        var answer = await CallSignedAsync(
            GetOrder,
            """{"orderId":"77"}""",
            $$$"""{"timestamp":{{{now * 1000}}},"body":{"orderId":"77"}}"""
        );
        var data = answer.Json["data"]!;
        return (data["startTime"]!.GetValue<long>() - now, data["endTime"]!.GetValue<long>() - now);
    }

    private Task<Answer> CallSignedAsync(string path, string body, string payloadJson) =>
        SignedCalls.CallAsync(_host, path, body, payloadJson);

    private Task<Answer> CallAsync(
        string path,
        string body,
        string payload,
        string signature,
        (string Name, string? Value) change = default
    ) => SignedCalls.CallAsync(_host, path, body, payload, signature, change);
}
