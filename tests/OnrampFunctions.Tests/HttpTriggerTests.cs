using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OnrampFunctions.Tests;

/// <summary>The HTTP functions through their public methods.</summary>
public sealed class HttpTriggerTests
{
    private const string Body = """{"orderId":"1443"}""";
    private static readonly (string, string) Json = ("Content-Type", "application/json; charset=utf-8");

    [Fact]
    public async Task A_cancelled_order_is_a_200_with_the_callers_request_id()
    {
        await using var app = await App.StartAsync();
        var response = await CancelAsync(app, App.Request("POST", Body, Json, ("Idempotency-Key", "key-1")));
        Assert.Equal((200, "application/json"), (response.StatusCode, response.ContentType));
        Assert.Equal("key-1", JsonDocument.Parse(response.Text).RootElement.GetProperty("requestId").GetString());
        Assert.Equal("key-1", Assert.Single(app.Bus.Sent["cancel-results"]).CorrelationId);
    }

    [Theory]
    [InlineData(200, 1, 409, "not-cancellable", null)]
    [InlineData(417, 417, 404, "order-not-found", null)]
    [InlineData(400, 0, 422, "rejected", null)]
    [InlineData(401, 401, 502, "credentials-refused", null)]
    [InlineData(429, 0, 503, "throttled", "30")]
    [InlineData(502, 502, 503, "unavailable", "5")]
    public async Task Every_other_outcome_keeps_its_status_its_type_and_its_headers(int cancel, int get, int status, string type, string? retryAfter)
    {
        await using var app = await App.StartAsync();
        app.Provider.Cancel = (cancel, """{"status":0,"error":"words"}""");
        app.Provider.Get = get < 10 ? (200, $$$"""{"status":1,"data":{"status":{{{get}}}}}""") : (get, """{"status":0,"error":"words"}""");
        var response = await CancelAsync(app, App.Request("POST", Body, Json));
        Assert.Equal((status, "application/problem+json", retryAfter), (response.StatusCode, response.ContentType, response.Header("Retry-After")));
        Assert.Contains($"urn:onramp-cancel:problem:{type}", response.Text, StringComparison.Ordinal);
        Assert.Single(app.Bus.Sent["cancel-results"]);
    }

    [Theory]
    [InlineData("GET", Body, "application/json", 405)]
    [InlineData("POST", Body, "text/plain", 415)]
    [InlineData("POST", "{", "application/json", 400)]
    [InlineData("POST", "{}", "application/json", 422)]
    public async Task A_bad_request_reaches_the_core_and_its_answer_the_caller(string method, string body, string contentType, int status)
    {
        await using var app = await App.StartAsync();
        var response = await CancelAsync(app, App.Request(method, body, ("Content-Type", contentType)));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == 405 ? "POST" : null, response.Header("Allow"));
        Assert.Empty(app.Provider.Calls);
    }

    [Fact]
    public async Task A_topic_that_refuses_makes_the_answer_a_503_that_says_so()
    {
        await using var app = await App.StartAsync();
        app.Bus.Faults["cancel-results"] = new TimeoutException();
        var response = await CancelAsync(app, App.Request("POST", Body, Json));
        Assert.Equal(503, response.StatusCode);
        Assert.Contains("outcome-not-published", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_the_core_is_a_500_without_its_words()
    {
        await using var app = await App.StartAsync();
        app.Provider.Fault = new InvalidOperationException("inner words");
        var response = await CancelAsync(app, App.Request("POST", Body, Json));
        Assert.Equal(500, response.StatusCode);
        Assert.DoesNotContain("inner words", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_prefers_not_to_wait_gets_a_202_and_a_message_waits_on_the_queue()
    {
        await using var app = await App.StartAsync();
        var response = await CancelAsync(app, App.Request("POST", Body, Json, ("Prefer", "wait=1"), ("Prefer", "respond-async")));
        Assert.Equal((202, "respond-async"), (response.StatusCode, response.Header("Preference-Applied")));
        Assert.Single(app.Bus.Sent["cancel-requests"]);
        Assert.Empty(app.Provider.Calls);
    }

    [Fact]
    public async Task The_callers_trace_reaches_the_outcome_event()
    {
        await using var app = await App.StartAsync();
        await CancelAsync(app, App.Request("POST", Body, Json, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "vendor=1")));
        var properties = Assert.Single(app.Bus.Sent["cancel-results"]).ApplicationProperties;
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", (string)properties["cloudEvents_traceparent"], StringComparison.Ordinal);
        Assert.Equal("vendor=1", properties["cloudEvents_tracestate"]);
    }

    [Fact]
    public async Task Health_is_200_once_the_credentials_are_loaded_and_says_nothing_of_them()
    {
        await using var app = await App.StartAsync();
        var response = await app.SendAsync(static (functions, request) => functions.HealthAsync(request), App.Request("GET"));
        Assert.Equal((200, """{"status":"ready"}"""), (response.StatusCode, response.Text));
    }

    [Fact]
    public async Task A_timeout_is_armed_once_and_disarmed_once()
    {
        await using var app = await App.StartAsync();
        var armed = await app.SendAsync(static (functions, request) => functions.ArmAsync(request), App.Request("POST", """{"orderId":"1443","after":"PT30M"}""", Json));
        Assert.Equal((201, "/api/orders/timeouts/100"), (armed.StatusCode, armed.Header("Location")));
        Assert.Equal(app.Time.GetUtcNow() + TimeSpan.FromMinutes(30), app.Bus.Scheduled[100].DueAt);
        Assert.Equal(204, (await app.DisarmAsync("100")).StatusCode);
        Assert.Equal(404, (await app.DisarmAsync("100")).StatusCode);
    }

    private static Task<ApiResponse> CancelAsync(App app, HttpRequest request) => app.SendAsync(static (functions, request) => functions.CancelAsync(request), request);
}
