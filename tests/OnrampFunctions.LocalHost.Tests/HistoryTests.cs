using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using StandardWebhooks;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>What the page asks about one order and about one request.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private const string ShopsSecret = "whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==";
    private const string Cancel7001 = """{"orderId":"7001"}""";
    private static readonly string[] Lists = ["timeouts", "outcomes", "entries", "deadLetters", "steps", "calls"];
    private static readonly string Known = CancelRequest.RecordIdOf(null, null, "request-1");
    private static readonly string KnownMessage = CancelRequest.RecordIdOf(
        null,
        CancelRequest.QueueSource,
        "request-1"
    );

    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync(("Timeouts__Spread", "00:00:00"));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("x")]
    [InlineData("01443")]
    [InlineData("99999999999999999999")]
    [InlineData("hash:")]
    [InlineData("hash:with%20space")]
    [InlineData("Hash:c0ffee")]
    [InlineData("1443?outcomes=0")]
    [InlineData("1443?outcomes=501")]
    [InlineData("1443?outcomes=-1")]
    [InlineData("1443?outcomes=all")]
    [InlineData("1443?outcomes=")]
    public async Task Cannot_be_asked_about_something_else(string order)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.GetAsync($"/simulator/history/orders/{order}")).Status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("request-1")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000A")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Knows_no_request_that_was_never_made(string id)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _host.GetAsync($"/simulator/history/requests/{id}")).Status);
    }

    [Fact]
    public async Task Knows_nothing_of_an_order_that_does_not_exist()
    {
        var history = await OrderAsync("999");

        Assert.Null(history["simulated"]);
        Assert.All(Lists, list => Assert.Empty(history[list]!.AsArray()));
    }

    [Fact]
    public async Task Shows_the_timeouts_and_outcomes_of_every_caller()
    {
        const string path = "/api/orders/1448/timeout";
        await _host.PutAsync(path, """{"whenExpired":true}""");
        await _host.PutAsync("/api/orders/hash:9f86d081884c7d65/timeout", """{"after":"PT1H"}""");
        Assert.Equal(HttpStatusCode.Created, await SignedAsync(HttpMethod.Put, path, """{"after":"PT2H"}"""));
        Assert.Equal(
            HttpStatusCode.OK,
            await SignedAsync(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1448"}""")
        );
        await RecordedAsync();

        foreach (var order in new[] { "1448", "hash:9f86d081884c7d65" })
        {
            var history = await OrderAsync(order);
            Assert.Equal("1448", history["simulated"]!["orderId"]!.ToString());
            Assert.Equal(
                ["1448/", "1448/shop", "hash:9f86d081884c7d65/"],
                Texts(history, "timeouts", timeout => $"{timeout["order"]}/{timeout["caller"]}")
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal(["shop"], Texts(history, "outcomes", outcome => $"{outcome["caller"]}"));
            Assert.Equal(3, history["entries"]!.AsArray().Count);
            Assert.Equal("cancelOrder", history["calls"]![0]!["operation"]!.ToString());
        }
    }

    [Fact]
    public async Task Shows_as_many_outcomes_as_asked_for_the_newest_first()
    {
        foreach (var number in Enumerable.Range(1, 3))
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            await _host.CancelAsync("1444", ("Idempotency-Key", $"try-{number}"));
        }

        await RecordedAsync();

        var two = await OrderAsync("1444", "?outcomes=2");
        Assert.Equal(["try-3", "try-2"], Texts(two, "outcomes", outcome => $"{outcome["requestId"]}"));
        Assert.Equal("true", two["hasMoreOutcomes"]!.ToString());
        var three = await OrderAsync("1444", "?outcomes=3");
        Assert.Equal(3, three["outcomes"]!.AsArray().Count);
        Assert.Equal("false", three["hasMoreOutcomes"]!.ToString());
    }

    [Fact]
    public async Task Follows_a_request_through_its_retries_to_its_dead_letter_and_its_replay()
    {
        _host.Simulator.Put("7001", OrderStates.Waiting);
        FailAlways();
        _host.Enqueue(Cancel7001, "request-1");
        await IdleAsync();

        var waiting = await RequestAsync(KnownMessage);
        Assert.Equal(
            ("7001", "request-1", "2"),
            (
                waiting["order"]!.ToString(),
                waiting["state"]!["requestId"]!.ToString(),
                waiting["entries"]![0]!["delivery"]!.ToString()
            )
        );
        Assert.NotNull(waiting["state"]!["nextTryAt"]);
        Assert.NotNull(waiting["state"]!["lastReason"]);
        Assert.NotEmpty(waiting["calls"]!.AsArray());

        await _host.RetryUntilDeadLetteredAsync();
        await RecordedAsync();
        var failed = await RequestAsync(KnownMessage);
        Assert.Empty(failed["entries"]!.AsArray());
        Assert.Equal("DeliveriesExhausted", failed["deadLetters"]![0]!["reason"]!.ToString());
        Assert.Equal(["failed"], Texts(failed, "events", outcome => $"{outcome["outcome"]}"));
        var steps = Texts(failed, "steps", step => $"{step["delivery"]}{step["reason"]}").ToList();
        Assert.Equal(("2", "DeliveriesExhausted"), (steps[0], steps[^1]));
        Assert.Equal(steps, Texts(await OrderAsync("7001"), "steps", step => $"{step["delivery"]}{step["reason"]}"));
        Assert.Equal("failed", failed["state"]!["outcome"]!["outcome"]!.ToString());

        _host.Host.Faults.Settings = FaultSettings.None;
        await _host.PostAsync($"/simulator/dead-letters/{failed["deadLetters"]![0]!["number"]}/replay", "");
        await IdleAsync();
        await RecordedAsync();
        var replayed = await RequestAsync(KnownMessage);
        Assert.Empty(replayed["deadLetters"]!.AsArray());
        Assert.Equal(["cancelled", "failed"], Texts(replayed, "events", outcome => $"{outcome["outcome"]}"));
        Assert.Equal("cancelled", replayed["state"]!["outcome"]!["outcome"]!.ToString());
    }

    [Fact]
    public async Task Finds_the_requests_of_all_callers_by_their_id()
    {
        await _host.CancelAsync("1443", ("Idempotency-Key", "shop-1-POST"));
        await _host.CancelAsync("1443", ("Idempotency-Key", "another"));
        Assert.Equal(
            HttpStatusCode.OK,
            await SignedAsync(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1448"}""")
        );
        await RecordedAsync();
        _host.Queue.Schedule(
            new BrokerMessage { MessageId = "shop-1-POST", Body = """{"orderId":"1444"}"""u8.ToArray() },
            _host.Clock.GetUtcNow().AddMinutes(1)
        );

        var found = (await _host.GetAsync("/simulator/history/requests?requestId=shop-1-POST")).Json;

        Assert.Equal(
            ["/1443/cancelled", "/1444/", "shop/1448/cancelled"],
            Texts(found, "requests", request => $"{request["caller"]}/{request["order"]}/{request["outcome"]}")
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            Texts(found, "requests", request => $"{request["record"]}"),
            static record => Assert.True(RequestRecord.IsId(record))
        );
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("?requestId=", HttpStatusCode.BadRequest)]
    [InlineData("?requestid=shop-1-POS", HttpStatusCode.OK)]
    public async Task Finds_no_request_by_less_than_its_id(string query, HttpStatusCode status)
    {
        await _host.CancelAsync("1443", ("Idempotency-Key", "shop-1-POST"));
        await RecordedAsync();

        var answer = await _host.GetAsync($"/simulator/history/requests{query}");

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("1443", answer.Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Cancel7001, "application/json")]
    [InlineData(
        """{"specversion":"1.0","id":"e1","source":"/a","type":"t","data":{"orderId":"7001"}}""",
        "application/cloudevents+json"
    )]
    [InlineData("""{"orderId":"7001","after":"PT1H"}""", "application/json")]
    public async Task Knows_the_record_of_a_message_before_the_service_has_seen_it(string body, string type)
    {
        _host.Simulator.Put("7001", OrderStates.Paid);
        _host.Queue.Schedule(
            new BrokerMessage
            {
                MessageId = "first",
                ContentType = type,
                Body = Encoding.UTF8.GetBytes(body),
            },
            _host.Clock.GetUtcNow().AddMinutes(1)
        );
        var record = (await OrderAsync("7001"))["entries"]![0]!["record"]!.ToString();

        // Not further: a call in progress would time out.
        _host.Clock.Advance(TimeSpan.FromMinutes(1));

        // An alarm is another request, under the version of its timeout.
        var isTimeout = body.Contains("after", StringComparison.Ordinal);
        if (isTimeout)
        {
            await IdleAsync();
            var alarm = (await OrderAsync("7001"))["timeouts"]![0]!["record"]!.ToString();
            Assert.NotEqual(record, alarm);
            record = alarm;
            _host.Clock.Advance(TimeSpan.FromHours(1));
        }

        var outcome = await _host.NextOutcomeAsync();
        Assert.Equal(outcome.Message.Message.Property("onrampCancel_record"), record);
    }

    [Fact]
    public async Task Cannot_be_disturbed_by_faults_of_the_tables()
    {
        await _host.CancelAsync("1443", ("Idempotency-Key", "request-1"));
        await RecordedAsync();
        await _host.PutAsync("/simulator/faults", """{"rates":{"tables-refused":1}}""");

        Assert.Single((await OrderAsync("1443"))["outcomes"]!.AsArray());
        Assert.Equal("cancelled", (await RequestAsync(Known))["state"]!["outcome"]!["outcome"]!.ToString());
        Assert.Empty(_host.Host.Faults.Injected);
    }

    [Fact]
    public async Task Shows_no_calls_from_before_or_after_the_request()
    {
        await _host.CancelAsync("1444", ("Idempotency-Key", "before"));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _host.CancelAsync("1444", ("Idempotency-Key", "request-1"));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _host.CancelAsync("1444", ("Idempotency-Key", "after"));
        await RecordedAsync();

        var all = (await OrderAsync("1444"))["calls"]!.AsArray().Count;
        Assert.Equal(all / 3, (await RequestAsync(Known))["calls"]!.AsArray().Count);
    }

    [Fact]
    public async Task Shows_no_calls_of_a_timeout_that_has_not_fired()
    {
        await _host.PutAsync("/api/orders/1443/timeout", """{"after":"PT1H"}""");
        await _host.CancelAsync("1443");

        var timeout = (await OrderAsync("1443"))["timeouts"]![0]!["record"]!.ToString();
        Assert.Empty((await RequestAsync(timeout))["calls"]!.AsArray());
    }

    private static IEnumerable<string> Texts(JsonNode history, string list, Func<JsonNode, string> text) =>
        history[list]!.AsArray().Select(row => text(row!));

    private async Task<JsonNode> OrderAsync(string order, string query = "")
    {
        var answer = await _host.GetAsync($"/simulator/history/orders/{order}{query}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    private async Task<JsonNode> RequestAsync(string id)
    {
        var answer = await _host.GetAsync($"/simulator/history/requests/{id}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    private void FailAlways() =>
        _host.Host.Faults.Settings = FaultSettings.None with
        {
            Rates = new Dictionary<FaultKind, double> { [FaultKind.Http503] = 1 }.ToFrozenDictionary(),
        };

    private Task IdleAsync() => IdleAsync(_host.Queue);

    private Task RecordedAsync() => IdleAsync(_host.Host.Broker.Records);

    private static Task IdleAsync(MessageQueue queue) =>
        queue
            .WhenAsync(static counts => counts.IsIdle, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);

    private async Task<HttpStatusCode> SignedAsync(HttpMethod method, string path, string body)
    {
        const string id = "shop-1";
        var now = _host.Clock.GetUtcNow();

        // The path names the order of a timeout, so it is signed too.
        var signed = method == HttpMethod.Put ? $"{method} {path}.{body}" : body;
        using var request = RunningHost.Request(
            method,
            path,
            body,
            ("webhook-id", $"{id}-{method}"),
            ("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", new StandardWebhook(ShopsSecret).Sign($"{id}-{method}", now, signed))
        );
        return (await _host.SendAsync(request)).Status;
    }
}
