using Microsoft.AspNetCore.Http;

namespace OnrampFunctions.Tests;

/// <summary>The HTTP functions through their public methods.</summary>
public sealed class HttpTriggerTests
{
    private const string Body = """{"orderId":"1443"}""";
    private static readonly (string, string) Json = ("Content-Type", "application/json; charset=utf-8");

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
        app.Provider.Otherwise = static (_, _, _) => throw new InvalidOperationException("inner words");
        var response = await CancelAsync(app, App.Request("POST", Body, Json));
        Assert.Equal(500, response.StatusCode);
        Assert.DoesNotContain("inner words", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_prefers_not_to_wait_gets_a_202_and_a_message_waits_on_the_queue()
    {
        await using var app = await App.StartAsync();
        var response = await CancelAsync(
            app,
            App.Request("POST", Body, Json, ("Prefer", "wait=1"), ("Prefer", "respond-async"))
        );
        Assert.Equal((202, "respond-async"), (response.StatusCode, response.Header("Preference-Applied")));
        Assert.Single(app.Bus.Sent["cancel-requests"]);
        Assert.Empty(app.Provider.Calls);
    }

    [Fact]
    public async Task The_callers_trace_reaches_the_outcome_event()
    {
        await using var app = await App.StartAsync();
        await CancelAsync(
            app,
            App.Request(
                "POST",
                Body,
                Json,
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("tracestate", "vendor=1")
            )
        );
        var properties = Assert.Single(app.Bus.Sent["cancel-results"]).ApplicationProperties;
        Assert.StartsWith(
            "00-0af7651916cd43dd8448eb211c80319c-",
            (string)properties["cloudEvents_traceparent"],
            StringComparison.Ordinal
        );
        Assert.Equal("vendor=1", properties["cloudEvents_tracestate"]);
    }

    [Fact]
    public async Task A_timeout_is_armed_moved_and_disarmed()
    {
        await using var app = await App.StartAsync();
        var armed = App.Request("PUT", """{"after":"PT30M"}""", Json);
        Assert.Equal(404, (await app.TimeoutAsync(App.Request("DELETE"))).StatusCode);
        Assert.Equal(201, (await app.TimeoutAsync(armed)).StatusCode);
        Assert.Equal(200, (await app.TimeoutAsync(App.Request("PUT", """{"after":"PT1H"}""", Json))).StatusCode);
        Assert.Equal(200, (await app.TimeoutAsync(App.Request("GET"))).StatusCode);
        Assert.Equal(204, (await app.TimeoutAsync(App.Request("DELETE"))).StatusCode);
        Assert.Empty(app.Bus.Scheduled);
    }

    private static Task<ApiResponse> CancelAsync(App app, HttpRequest request) =>
        app.SendAsync(static (functions, request) => functions.CancelAsync(request), request);
}
