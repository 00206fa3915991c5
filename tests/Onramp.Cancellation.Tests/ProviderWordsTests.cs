namespace Onramp.Cancellation.Tests;

/// <summary>
/// Errors whose words are in undocumented places: nested, in a list, under another name, as an identifier, or with a
/// code that contradicts them. A source in brackets is a public report of an answer of that form.
/// </summary>
public sealed class ProviderWordsTests
{
    /// <summary>HTTP status, the complete answer of both calls, and the outcome.</summary>
    public static TheoryData<int, string, OutcomeKind> Answered =>
        new()
        {
            // A terminal code, and retryable words elsewhere.
            { 200, """{"status":0,"code":417,"error":{"message":"Too many requests"}}""", OutcomeKind.Throttled },
            { 200, """{"status":0,"code":417,"error":["Too many requests"]}""", OutcomeKind.Throttled },
            { 200, """{"status":0,"code":417,"message":"Too many requests"}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"message":"Too many requests"}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":{"detail":{"text":"rate limit"}}}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"errors":[{"msg":"Slow down"}]}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"data":{"message":"Too many requests"}}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"data":["Too many requests"]}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":null,"msg":"Invalid signature"}""", OutcomeKind.Credentials },
            { 400, """{"status":0,"error":{"message":"Invalid signature"}}""", OutcomeKind.Credentials },
            { 409, """{"status":0,"error":[{"code":1,"text":"IP not whitelisted"}]}""", OutcomeKind.Credentials },
            { 417, """{"status":0,"error":{"message":"Internal server error"}}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"error":["Service temporarily unavailable"]}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"error":"Order not found","message":"Too many requests"}""", OutcomeKind.Throttled },
            {
                417,
                """{"status":0,"error":"Order not found","reason":{"cause":"database is down"}}""",
                OutcomeKind.Unavailable
            },
            // Identifiers.
            { 417, """{"status":0,"error":"TOO_MANY_REQUESTS"}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":{"code":"TooManyRequests"}}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":"RateLimitExceeded"}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":"too-many-requests"}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"error":"INVALID_SIGNATURE"}""", OutcomeKind.Credentials },
            { 200, """{"status":0,"error":"ORDER_NOT_FOUND"}""", OutcomeKind.NotFound },
            // Unlisted words in an undocumented place.
            { 417, """{"status":0,"error":{"message":"Zu viele Anfragen"}}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"message":"请求过于频繁"}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"error":["?","Please wait"]}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"error":"Expectation failed","message":"Please wait"}""", OutcomeKind.Unavailable },
            {
                417,
                """{"status":0,"error":{"message":"Order not found","hint":"Please wait"}}""",
                OutcomeKind.Unavailable
            },
            // Codes that contradict each other.
            { 200, """{"status":0,"code":417,"error":{"code":429}}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"code":429}""", OutcomeKind.Throttled },
            { 417, """{"status":0,"code":"401"}""", OutcomeKind.Credentials },
            { 417, """{"status":0,"statusCode":503}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"error":429}""", OutcomeKind.Throttled },
            { 400, """{"status":0,"code":417}""", OutcomeKind.Unavailable },
            { 404, """{"status":0,"code":417}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"errors":[{"httpStatus":403}]}""", OutcomeKind.Credentials },
            // Words about the order with a code about something else.
            { 429, """{"status":0,"error":"Order not found"}""", OutcomeKind.Throttled },
            { 401, """{"status":0,"error":"Order not found"}""", OutcomeKind.Credentials },
            { 200, """{"status":0,"code":429,"error":"Order not found"}""", OutcomeKind.Throttled },
            { 200, """{"status":0,"code":403,"error":"Invalid hash"}""", OutcomeKind.Credentials },
            { 417, """{"status":0,"code":500,"error":"Order not found"}""", OutcomeKind.Unavailable },
            // Words about the order in other places are terminal only together with a code.
            { 200, """{"status":0,"error":{"message":"Order not found"}}""", OutcomeKind.Unavailable },
            { 200, """{"status":0,"message":"Order not found"}""", OutcomeKind.Unavailable },
            { 404, """{"status":0,"message":"Order not found"}""", OutcomeKind.Unavailable },
            { 417, """{"status":0,"message":"Order not found"}""", OutcomeKind.NotFound },
            { 200, """{"status":0,"code":417,"error":{"message":"Order does not exist"}}""", OutcomeKind.NotFound },
            { 200, """{"status":0,"code":417,"error":["Order does not exist"]}""", OutcomeKind.NotFound },
            { 400, """{"status":0,"error":{"message":"Invalid order id"}}""", OutcomeKind.NotFound },
            // A code alone.
            { 417, """{"status":0}""", OutcomeKind.NotFound },
            { 200, """{"status":0,"code":417}""", OutcomeKind.NotFound },
            { 200, """{"status":0,"code":"417","error":null,"data":null}""", OutcomeKind.NotFound },
            { 417, """{"status":0,"code":417,"data":{"orderId":"1443"}}""", OutcomeKind.NotFound },
            // About another order.
            { 417, """{"status":0,"error":"Order not found","data":{"orderId":9999}}""", OutcomeKind.Unavailable },
        };

    /// <summary>Answers of cancelOrder for an order that is still waiting, and the outcome.</summary>
    public static TheoryData<int, string, OutcomeKind> AnsweredWhileWaiting =>
        new()
        {
            { 400, """{"status":0}""", OutcomeKind.Rejected },
            {
                200,
                """{"status":0,"code":409,"error":{"message":"Order is already completed"}}""",
                OutcomeKind.Rejected
            },
            { 409, """{"status":0,"error":["Order cannot be cancelled"]}""", OutcomeKind.Rejected },
            { 409, """{"status":0,"error":"ALREADY_CANCELLED"}""", OutcomeKind.Rejected },
            { 400, """{"status":0,"error":{"message":"Bitte warten"}}""", OutcomeKind.Unavailable },
            {
                400,
                """{"status":0,"error":["Order cannot be cancelled","Too many requests"]}""",
                OutcomeKind.Throttled
            },
            { 200, """{"status":0,"message":"Order cannot be cancelled"}""", OutcomeKind.Unavailable },
            { 416, """{"status":0,"code":400}""", OutcomeKind.Rejected },
            { 413, """{"status":0,"code":408}""", OutcomeKind.Unavailable },
            {
                409,
                """{"status":0,"error":"Order cannot be cancelled","data":{"orderId":"9999"}}""",
                OutcomeKind.Unavailable
            },
        };

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Words_count_wherever_they_stand_and_a_code_only_where_nothing_contradicts_it(
        int http,
        string answer,
        OutcomeKind expected
    )
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Json(http, answer);
        Assert.Equal(expected, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [MemberData(nameof(AnsweredWhileWaiting))]
    public async Task A_refusal_counts_where_its_words_and_codes_agree(int http, string answer, OutcomeKind expected)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.Json(http, answer)).OnGet(Answers.Order(0));
        Assert.Equal(expected, (await service.CancelAsync()).Kind);
    }

    [Fact]
    public async Task Words_behind_the_place_where_they_are_cut_count()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Error(
            417,
            new string('x', 20) + string.Concat(Enumerable.Repeat(" long words", 40)) + ": too many requests"
        );
        Assert.Equal(OutcomeKind.Throttled, (await service.CancelAsync()).Kind);
    }

    [Fact]
    public async Task A_code_that_comes_with_a_wait_is_not_the_end()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.WithRetryAfter(Answers.Json(417, """{"status":0}"""), "40");
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Unavailable, TimeSpan.FromSeconds(40)), (outcome.Kind, outcome.RetryAfter));
    }

    [Fact]
    public async Task A_success_with_words_that_contradict_it_is_settled_by_reading_the_order()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(
                Answers.Json(
                    200,
                    """{"status":1,"code":200,"error":"Too many requests","data":{"orderId":"1443","status":-3}}"""
                )
            )
            .OnGet(Answers.Order(1));
        Assert.Equal(OutcomeKind.NotCancellable, (await service.CancelAsync()).Kind);
    }

    /// <summary>Quoted secrets are withheld in any place.</summary>
    [Theory]
    [InlineData("""{"status":0,"code":417,"error":{"message":"unknown 9f86d081884c7d65"}}""")]
    [InlineData("""{"status":0,"code":400,"message":"unknown 9f86d081884c7d65"}""")]
    public async Task A_hash_is_withheld_from_words_in_other_places(string answer)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Json(200, answer);
        var problem = await service.SendAsync(new() { Body = """{"hash":"9f86d081884c7d65"}"""u8.ToArray() });
        Assert.Equal((503, "unavailable"), (problem.Status, problem.Problem));
        Assert.DoesNotContain("9f86d081884c7d65", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("unknown", problem.Text("detail"), StringComparison.Ordinal);
    }
}
