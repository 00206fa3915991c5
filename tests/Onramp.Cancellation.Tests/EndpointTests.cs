using System.Text;
using System.Text.Json;

namespace Onramp.Cancellation.Tests;

/// <summary>The HTTP endpoints: what a caller sees.</summary>
public sealed class EndpointTests
{
    public static TheoryData<string, string> BadBodies => new()
    {
        { "[]", "invalid-json" },
        { "\"1443\"", "invalid-json" },
        { "", "invalid-json" },
        { "{\"orderId\":\"1443\"", "invalid-json" },
        { "{\"orderId\":\"1443\"} x", "invalid-json" },
        { "{'orderId':'1443'}", "invalid-json" },
        { "{\"orderId\":\"1443\",}", "invalid-json" },
        { "{\"reason\":\"\\ud800\",\"orderId\":\"1\"}", "invalid-json" },
        { "{\"a\":" + new string('[', 500), "invalid-json" },
        { "{}", "invalid-request # " },
        { "{\"orderId\":\"1443\",\"hash\":\"abc\"}", "invalid-request # " },
        { "{\"orderId\":\"1\",\"orderId\":\"2\"}", "invalid-request #/orderId" },
        { "{\"orderId\":\"\"}", "invalid-request #/orderId" },
        { "{\"orderId\":\"01443\"}", "invalid-request #/orderId" },
        { "{\"orderId\":\"14 43\"}", "invalid-request #/orderId" },
        { "{\"orderId\":\"١٤٤٣\"}", "invalid-request #/orderId" },
        { "{\"orderId\":-1}", "invalid-request #/orderId" },
        { "{\"orderId\":1.5}", "invalid-request #/orderId" },
        { "{\"orderId\":1e3}", "invalid-request #/orderId" },
        { "{\"orderId\":{\"$ne\":1}}", "invalid-request #/orderId" },
        { "{\"orderId\":\"12345678901234567890\"}", "invalid-request #/orderId" },
        { "{\"hash\":\"\"}", "invalid-request #/hash" },
        { "{\"hash\":\"a b\"}", "invalid-request #/hash" },
        { "{\"hash\":\"h\\u00e4sh\"}", "invalid-request #/hash" },
        { "{\"orderId\":\"1\",\"onlyIfUnpaid\":\"true\"}", "invalid-request #/onlyIfUnpaid" },
        { "{\"orderId\":\"1\",\"onlyifunpaid\":true}", "invalid-request #/onlyifunpaid" },
        { "{\"orderId\":\"1\",\"a/b~c\":1}", "invalid-request #/a~1b~0c" },
        { "{\"orderId\":\"1\",\"after\":\"PT1M\"}", "invalid-request #/after" },
        { "{\"orderId\":\"1\",\"reason\":7}", "invalid-request #/reason" },
        { "{\"orderId\":\"1\",\"reason\":\"" + new string('x', 201) + "\"}", "invalid-request #/reason" },
    };

    [Fact]
    public async Task A_cancelled_order_is_a_200_with_what_was_done()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var response = await service.PostAsync("""{"orderId":1443}""", with => with with { IdempotencyKey = "key-1" });
        Assert.Equal((200, "application/json"), (response.StatusCode, response.ContentType));
        Assert.Equal(
            """{"requestId":"key-1","orderId":"1443","outcome":"cancelled","orderStatus":-3,"attempts":1,"completedAt":"2023-11-14T22:13:20+00:00"}""",
            Encoding.UTF8.GetString(response.Body.Span));
    }

    [Theory]
    [InlineData(1, 409, "not-cancellable", "not_cancellable", null)]
    [InlineData(417, 404, "order-not-found", "not_found", null)]
    [InlineData(400, 422, "rejected", "rejected", null)]
    [InlineData(401, 502, "credentials-refused", "failed", null)]
    [InlineData(429, 503, "throttled", "failed", "30")]
    [InlineData(502, 503, "unavailable", "failed", "5")]
    public async Task Every_other_outcome_is_a_problem_of_its_own_type(int cause, int status, string type, string outcome, string? retryAfter)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Cause(cause);
        var response = await service.PostAsync("""{"orderId":"1443"}""");
        var problem = Service.Json(response.Body);
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.ContentType));
        Assert.Equal($"urn:onramp-cancel:problem:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(outcome, problem.GetProperty("outcome").GetString());
        Assert.Equal(outcome == "failed", problem.GetProperty("retryable").GetBoolean());
        Assert.NotEmpty(problem.GetProperty("requestId").GetString()!);
        Assert.Equal(retryAfter, response.Headers.FirstOrDefault(header => header.Key == "Retry-After").Value);
        Assert.Single(service.Topic.Events);
    }

    [Theory]
    [InlineData(200, "cancelled")]
    [InlineData(1, "not_cancellable")]
    [InlineData(417, "not_found")]
    [InlineData(400, "rejected")]
    [InlineData(401, "failed")]
    [InlineData(429, "failed")]
    [InlineData(502, "failed")]
    public async Task No_outcome_whatever_it_is_is_answered_unless_it_is_published(int cause, string outcome)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Cause(cause);
        service.Topic.Refuses = true;
        var response = await service.PostAsync("""{"orderId":"1443"}""");
        var problem = Service.Json(response.Body);
        Assert.Equal((503, "urn:onramp-cancel:problem:outcome-not-published"), (response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Equal((outcome, true), (problem.GetProperty("outcome").GetString(), problem.GetProperty("retryable").GetBoolean()));
        Assert.Contains(response.Headers, header => header.Key == "Retry-After");
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_body_is_refused_with_every_fault_and_calls_nobody(string body, string expected)
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync(body);
        var problem = Service.Json(response.Body);
        var pointers = problem.TryGetProperty("errors", out var errors) ? errors.EnumerateArray().Select(error => error.GetProperty("pointer").GetString() + " ") : [];
        Assert.StartsWith(expected, $"{problem.GetProperty("type").GetString()!.Split(':')[^1]} {string.Concat(pointers)}", StringComparison.Ordinal);
        Assert.Equal(expected == "invalid-json" ? 400 : 422, response.StatusCode);
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);
    }

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync("""{"orderId":"x","hash":"","reason":1,"onlyIfUnpaid":2,"extra":3}""");
        var pointers = Service.Json(response.Body).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());
        Assert.Equal(["#/orderId", "#/hash", "#/reason", "#/onlyIfUnpaid", "#/extra", "#"], pointers);
    }

    [Fact]
    public async Task A_body_of_the_limit_is_taken_and_one_byte_more_is_not()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var body = """{"orderId":"1443"}""".PadRight(4096);
        Assert.Equal(200, (await service.PostAsync(body)).StatusCode);
        Assert.Equal(413, (await service.PostAsync(body + " ")).StatusCode);
        Assert.Equal(413, (await service.PostAsync("{}", with => with with { ContentLength = 5000 })).StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Another_method_is_told_which_one_is_right(string method)
    {
        await using var service = await Service.StartAsync();
        var response = await service.PostAsync("", with => with with { Method = method });
        Assert.Equal((405, "POST"), (response.StatusCode, response.Headers.Single(header => header.Key == "Allow").Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("käy")]
    [InlineData("a\tb")]
    public async Task An_idempotency_key_that_cannot_be_a_request_id_is_refused(string key)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(400, (await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = key })).StatusCode);
        Assert.Equal(400, (await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = new string('k', 256) })).StatusCode);
    }

    [Fact]
    public async Task An_order_whose_outcome_cannot_be_published_is_not_reported_as_done_and_can_be_asked_again()
    {
        await using var service = await Service.StartAsync();
        service.Topic.Refuses = true;
        service.Provider.OnCancel(Answers.Cancelled, Answers.Error(400, "Already cancelled")).OnGet(Answers.Order(-3));
        var refused = await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = "key-1" });
        var problem = Service.Json(refused.Body);
        Assert.Equal((503, "urn:onramp-cancel:problem:outcome-not-published", "cancelled", true), (
            refused.StatusCode, problem.GetProperty("type").GetString(), problem.GetProperty("outcome").GetString(), problem.GetProperty("retryable").GetBoolean()));

        service.Topic.Refuses = false;
        Assert.Equal(200, (await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = "key-1" })).StatusCode);
        Assert.Single(service.Topic.Events);
    }

    [Fact]
    public async Task Respond_async_puts_the_request_on_the_queue_and_the_message_does_what_the_call_would_have_done()
    {
        await using var service = await Service.StartAsync();
        var key = new string('k', 255);
        var response = await service.PostAsync(
            """{"hash":"abc","reason":"late","onlyIfUnpaid":true}""", with => with with { IdempotencyKey = key, Prefer = "wait=5, Respond-Async; x=y" });
        Assert.Equal((202, key), (response.StatusCode, Service.Json(response.Body).GetProperty("requestId").GetString()));
        Assert.Empty(service.Provider.Calls);

        var message = Assert.Single(service.Queue.Sent);
        Assert.InRange(message.MessageId.Length, 1, OutboundMessage.MaxMessageIdLength);
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(message)));
        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal((key, "abc", "late"), (data.GetProperty("requestId").GetString(), data.GetProperty("hash").GetString(), data.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Respond_async_without_a_queue_says_that_it_is_not_confirmed()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Refuses = true;
        var response = await service.PostAsync("""{"orderId":"1443"}""", with => with with { Prefer = "respond-async" });
        Assert.Equal((503, "urn:onramp-cancel:problem:queue-unavailable"), (response.StatusCode, Service.Json(response.Body).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Without_a_key_every_request_gets_a_UUIDv7_of_its_own()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var ids = new HashSet<string>();
        for (var request = 0; request < 100; request++)
        {
            Assert.True(ids.Add(Service.Json((await service.PostAsync("""{"orderId":"1443"}""")).Body).GetProperty("requestId").GetString()!));
        }

        // RFC 9562, section 5.7: 48 bits of time, here 1,700,000,000,000 ms, then the version, then the variant.
        Assert.All(ids, static id => Assert.Matches("^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
    }

    [Fact]
    public async Task Health_is_503_before_the_credentials_are_loaded_and_200_after()
    {
        await using var unstarted = Service.Create();
        await using var started = await Service.StartAsync();
        var get = new ApiRequest { Method = "GET", Body = Stream.Null };
        Assert.Equal(503, (await unstarted.SendAsync(ApiRoute.Health, get)).StatusCode);
        Assert.Equal(200, (await started.SendAsync(ApiRoute.Health, get)).StatusCode);
        Assert.Equal(405, (await started.SendAsync(ApiRoute.Health, get with { Method = "POST" })).StatusCode);
    }

    [Fact]
    public void Reflection_based_JSON_is_switched_off() => Assert.False(JsonSerializer.IsReflectionEnabledByDefault);

    /// <summary>What the provider says, by its status; 1 is an order that is paid.</summary>
    private static Answer Cause(int cause) => cause switch
    {
        1 => Answers.Order(1),
        200 => Answers.Cancelled,
        400 => (call, time, token) => (call.Operation == "getOrder" ? Answers.Order(0) : Answers.Error(400, "no"))(call, time, token),
        429 => Answers.WithRetryAfter(Answers.TooMany, "30"),
        _ => Answers.Error(cause, "words"),
    };
}
