using System.Net;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Answers of providers like this one, and their outcomes: terminal answers must be known, and unknown ones are
/// retried. A source in brackets is a public report of exactly that answer. The other rows are similar cases.
/// </summary>
public sealed class ProviderAnswerTests
{
    /// <summary>The words and the HTTP status of both answers, and the reason of the retry.</summary>
    public static TheoryData<string, int, OutcomeKind> WordsThatAreNotAboutTheOrder =>
        new()
        {
            { "IP not whitelisted", 200, OutcomeKind.Credentials }, // [ccxt/ccxt#12526]
            { "Merchant account suspended", 200, OutcomeKind.Credentials },
            { "Authentication failed", 200, OutcomeKind.Credentials },
            { "Invalid HMAC", 200, OutcomeKind.Credentials },
            { "Invalid signature", 400, OutcomeKind.Credentials }, // [knowm/XChange#247, ccxt/ccxt#19966]
            { "Access token expired", 200, OutcomeKind.Credentials },
            { "Api-Key is missing", 409, OutcomeKind.Credentials },
            { "Your merchant account is disabled", 417, OutcomeKind.Credentials },
            { "Network Error", 200, OutcomeKind.Unavailable },
            { "read ECONNRESET", 200, OutcomeKind.Unavailable },
            { "connect ETIMEDOUT 10.0.0.7:5432", 400, OutcomeKind.Unavailable },
            { "Cannot read properties of undefined (reading 'status')", 200, OutcomeKind.Unavailable },
            { "Internal server error", 400, OutcomeKind.Unavailable },
            { "Order service is temporarily unavailable", 417, OutcomeKind.Unavailable },
            { "Order not found", 500, OutcomeKind.Unavailable },
            { "Order not found", 408, OutcomeKind.Unavailable },
            { "Order not found", 425, OutcomeKind.Unavailable },
            { "Error", 200, OutcomeKind.Unavailable },
            { "\\u0000", 200, OutcomeKind.Unavailable },
            { "Route not found", 404, OutcomeKind.Unavailable },
            { "Validation failed", 422, OutcomeKind.Unavailable },
            { "Gone", 410, OutcomeKind.Unavailable },
            { "Method not allowed", 405, OutcomeKind.Unavailable },
            { "cancelOrder endpoint not found", 404, OutcomeKind.Unavailable },
            { "The coin of the order was not found", 200, OutcomeKind.Unavailable },
            { "Payment method for this order does not exist", 200, OutcomeKind.Unavailable },
            { "Invalid order status", 200, OutcomeKind.Unavailable },
            { "Das hat nicht geklappt", 200, OutcomeKind.Unavailable },
            { "Request Timeout", 408, OutcomeKind.Unavailable },
            { "Too Early", 425, OutcomeKind.Unavailable },
            { "Request limit reached", 200, OutcomeKind.Throttled },
            { "Too many requests, please try again later", 400, OutcomeKind.Throttled },
            { "API rate limit exceeded", 403, OutcomeKind.Throttled },
            { "Daily quota used up", 417, OutcomeKind.Throttled },
        };

    /// <summary>Complete answers of both calls that say nothing about the order, by name.</summary>
    private static readonly Dictionary<string, (Answer Answer, OutcomeKind Reason)> Foreign = new()
    {
        ["417 with a page of a proxy that cannot meet an expectation [lookfirst/sardine#216]"] = (
            Page(417),
            OutcomeKind.Unavailable
        ),
        ["403 with a page of a firewall [ccxt/ccxt#13077]"] = (Page(403), OutcomeKind.Unavailable),
        ["401 with a page"] = (Page(401), OutcomeKind.Unavailable),
        ["400 with a page"] = (Page(400), OutcomeKind.Unavailable),
        ["404 with a page"] = (Page(404), OutcomeKind.Unavailable),
        ["429 with a page"] = (Page(429), OutcomeKind.Throttled),
        ["200 with a page that asks to sign in"] = (Page(200), OutcomeKind.Unavailable),
        ["the JSON of a gateway: forbidden"] = (
            Answers.Json(403, """{"message":"Forbidden"}"""),
            OutcomeKind.Unavailable
        ),
        ["the JSON of a gateway: not found"] = (
            Answers.Json(417, """{"code":5,"message":"order not found","details":[]}"""),
            OutcomeKind.Unavailable
        ),
        ["an error that is a number"] = (Answers.Json(200, """{"status":0,"error":500}"""), OutcomeKind.Unavailable),
        ["an error that is an object"] = (
            Answers.Json(200, """{"status":0,"error":{"text":"Order not found"}}"""),
            OutcomeKind.Unavailable
        ),
        ["the words in another field"] = (
            Answers.Json(200, """{"status":0,"message":"Order not found"}"""),
            OutcomeKind.Unavailable
        ),
        ["400 inside 200, about the signature"] = (
            Answers.Json(200, """{"status":0,"code":400,"error":"Invalid signature"}"""),
            OutcomeKind.Credentials
        ),
        ["417 inside 500"] = (
            Answers.Json(500, """{"status":0,"code":417,"error":"Order does not exist"}"""),
            OutcomeKind.Unavailable
        ),
        ["success with an error's code"] = (
            Answers.Json(200, """{"status":1,"code":500,"data":{"orderId":"1443","status":-3}}"""),
            OutcomeKind.Unavailable
        ),
        ["a list"] = (Answers.Json(200, """[{"status":0,"error":"Order not found"}]"""), OutcomeKind.Unavailable),
        ["a status that is a truth value"] = (
            Answers.Json(417, """{"status":false,"data":null}"""),
            OutcomeKind.Unavailable
        ),
    };

    /// <summary>Successful answers as seen from other providers.</summary>
    private static readonly Dictionary<string, Answer> Successes = new()
    {
        ["a byte order mark"] = Answers.Json(200, "\uFEFF" + Answers.CancelledOrder),
        ["numbers with a fraction [ccxt/ccxt#12158]"] = Answers.Json(
            200,
            """{"status":1.0,"data":{"orderId":1443.0,"status":-3.0},"code":200.0}"""
        ),
        ["numbers with an exponent"] = Answers.Json(
            200,
            """{"status":1e0,"data":{"orderId":1.443e3,"status":-3E0},"code":2e2}"""
        ),
        ["numbers as text"] = Answers.Json(
            200,
            """{"status":"1","data":{"orderId":"1443","status":"-3.0"},"code":"200"}"""
        ),
        ["further fields, and a text of the vendor's"] = Answers.Json(
            200,
            """{"status":1,"message":"ok","data":{"x":[1,{"status":0}],"orderId":"1443","status":-3}}"""
        ),
    };

    public static TheoryData<string> ForeignAnswers => [.. Foreign.Keys];

    public static TheoryData<string> SuccessfulAnswers => [.. Successes.Keys];

    [Theory]
    [MemberData(nameof(WordsThatAreNotAboutTheOrder))]
    public async Task Words_that_are_not_about_the_order_never_end_a_request(string words, int http, OutcomeKind reason)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Error(http, words);
        var outcome = await service.CancelAsync();
        Assert.Equal(reason, outcome.Kind);
    }

    [Theory]
    [MemberData(nameof(ForeignAnswers))]
    public async Task Only_Onramps_own_JSON_says_anything_about_an_order(string name)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Foreign[name].Answer;
        var outcome = await service.CancelAsync();
        Assert.Equal(Foreign[name].Reason, outcome.Kind);
    }

    [Theory]
    [InlineData(417, "Order does not exist")]
    [InlineData(417, "Something unlisted")]
    [InlineData(200, "Invalid orderId")] // [pspiro/Reflection, Onramp.java]
    [InlineData(400, "Invalid order id.")]
    [InlineData(404, "No such order")]
    [InlineData(400, "Order not found")]
    [InlineData(200, "Order 1443 not found")]
    [InlineData(200, "order with id '1443' was not found for this merchant")]
    [InlineData(422, "Order doesn't exist anymore")]
    [InlineData(200, "The given hash does not exist")]
    [InlineData(200, "Could not find order 1443")]
    public async Task An_order_that_Onramp_says_it_does_not_know_is_not_found(int http, string words)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Error(http, words);
        Assert.Equal(
            (OutcomeKind.NotFound, words),
            ((await service.CancelAsync()) is var outcome ? outcome.Kind : default, outcome.Detail)
        );
    }

    [Theory]
    [InlineData(200, "Order can not be cancelled: it is expired")]
    [InlineData(200, "Cancellation refused")]
    [InlineData(422, "This order is not cancellable")]
    [InlineData(409, "Order is already completed")]
    [InlineData(400, "Something unlisted")]
    [InlineData(406, "Token is not supported")]
    [InlineData(413, "Volume limit exceeded")]
    public async Task A_refusal_of_an_order_that_still_waits_is_rejected(int http, string words)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.Error(http, words)).OnGet(Answers.Order(0));
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Rejected, words), (outcome.Kind, outcome.Detail));
    }

    [Theory]
    [InlineData(200, "Computer says no")]
    [InlineData(404, "Not Found")]
    [InlineData(408, "Late")]
    [InlineData(410, "Gone")]
    [InlineData(422, "Validation failed")]
    [InlineData(425, "Too Early")]
    [InlineData(451, "For legal reasons")]
    [InlineData(500, "Order is already completed")]
    [InlineData(200, "Order can not be cancelled: internal error")]
    [InlineData(400, "Cancellation refused: too many requests")]
    public async Task Unlisted_words_and_codes_are_retried_while_the_order_is_waiting(int http, string words)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Error(http, words), Answers.Cancelled).OnGet(Answers.Order(0));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [MemberData(nameof(SuccessfulAnswers))]
    public async Task A_success_is_understood_however_it_is_written(string name)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Successes[name]);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("""{"status":1,"data":{"orderId":"1443","status":-1},"code":200}""")]
    [InlineData("""{"status":1,"data":{"orderId":"1443","status":0},"code":200}""")]
    [InlineData("""{"status":1,"data":{"orderId":"1443","status":-3.5},"code":200}""")]
    [InlineData("""{"status":1,"data":{"orderId":1444.0,"status":-3},"code":200}""")]
    [InlineData("""{"status":1.5,"data":{"orderId":"1443","status":-3},"code":200}""")]
    [InlineData("""{"status":1,"data":{"orderId":"1443","status":"cancelled"},"code":200}""")]
    public async Task Without_a_clear_success_the_order_state_decides(string answer)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.Json(200, answer)).OnGet(Answers.Order(-3));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "no answer: the name of Onramp's server cannot be resolved")]
    [InlineData(HttpRequestError.ConnectionError, "no answer: the connection failed")]
    [InlineData(HttpRequestError.SecureConnectionError, "no answer: no trusted TLS connection")]
    [InlineData(HttpRequestError.ProxyTunnelError, "no answer: the proxy refuses the connection")]
    [InlineData(HttpRequestError.ResponseEnded, "no answer: the connection ended before the answer did")]
    [InlineData(HttpRequestError.InvalidResponse, "an answer that is not HTTP")]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, "an answer whose headers are too long")]
    [InlineData(HttpRequestError.Unknown, "no answer: the connection failed")]
    public async Task What_keeps_an_answer_away_is_said(HttpRequestError error, string reason)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = (_, _, _) => throw new HttpRequestException(error, "quotes api.onramp.money");
        Assert.Equal(
            (OutcomeKind.Unavailable, reason),
            (await service.CancelAsync()) is var outcome ? (outcome.Kind, outcome.Detail) : default
        );
    }

    [Theory]
    [InlineData(200, """{"status":0,"code":429,"error":"Slow down"}""")]
    [InlineData(200, """{"status":0,"error":"Too many requests"}""")]
    [InlineData(503, """{"status":0,"error":"Under maintenance"}""")]
    [InlineData(429, "<html>")]
    public async Task A_requested_delay_is_honoured_wherever_it_is_given(int http, string answer)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.WithRetryAfter(Answers.Json(http, answer), "40")).OnGet(Answers.Order(0));
        Assert.Equal(TimeSpan.FromSeconds(40), (await service.CancelAsync()).RetryAfter);
    }

    [Fact]
    public async Task One_orders_odd_state_never_opens_the_circuit_for_everybody()
    {
        // [samosa-ai-com/opencode-go-multi-auth#6]
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Onramp:CircuitMinimumCalls", "4")
        );
        foreach (
            var odd in (Answer[])
                [
                    Answers.Order(-2),
                    Answers.Error(200, "These words are unknown"),
                    Answers.Json(200, """{"status":1,"data":"ok"}"""),
                    Answers.Order(0, orderId: 9),
                ]
        )
        {
            service.Provider.Otherwise = odd;
            for (var request = 0; request < 4; request++)
            {
                await service.CancelAsync();
            }
        }

        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    public static TheoryData<string> SignsOfADeadProvider =>
        ["a page", "a server error", "no connection", "no answer in time", "an empty answer"];

    [Theory]
    [MemberData(nameof(SignsOfADeadProvider))]
    public async Task What_says_that_the_provider_is_down_opens_the_circuit(string sign)
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Onramp:CircuitMinimumCalls", "4")
        );
        service.Provider.Otherwise = sign switch
        {
            "a page" => Page(403),
            "a server error" => Answers.Error(500, "Internal server error"),
            "no connection" => Answers.Reset,
            "no answer in time" => Answers.Hang,
            _ => Answers.Empty,
        };
        for (var request = 0; request < 3; request++)
        {
            await service.CancelAsync();
        }

        var calls = service.Provider.Calls.Count;
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(OutcomeKind.Unavailable, (await service.CancelAsync()).Kind);
        Assert.Equal(calls, service.Provider.Calls.Count);
    }

    [Fact]
    public async Task Words_are_put_on_one_line_and_cut()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(
                Answers.Error(400, "a\\u0007b\\r\\nc " + string.Concat(Enumerable.Repeat("long words ", 100)))
            )
            .OnGet(Answers.Order(0));
        var detail = (await service.CancelAsync()).Detail!;
        Assert.StartsWith("a b  c long words", detail, StringComparison.Ordinal);
        Assert.Equal(301, detail.Length);
    }

    private static Answer Page(int status) =>
        (_, _, _) =>
            new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(
                    $"<html><head><title>{status}</title></head><body>Order not found</body></html>",
                    Encoding.UTF8,
                    "text/html"
                ),
            };
}
