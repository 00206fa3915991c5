namespace Onramp.Cancellation.Tests;

/// <summary>The outcome table and the outcome rules, in the core.</summary>
public sealed class OutcomeTests
{
    private static readonly Dictionary<string, Answer> Unclear = new()
    {
        ["an HTML page"] = Answers.HtmlPage,
        ["an empty body"] = Answers.Empty,
        ["cut-off JSON"] = Answers.CutOff,
        ["a broken connection"] = Answers.Reset,
        ["no answer in time"] = Answers.Hang,
        ["data that is text"] = Answers.Json(200, """{"status":1,"data":"ok","code":200}"""),
        ["success without a state"] = Answers.Json(200, """{"status":1,"data":{},"code":200}"""),
        ["success about another order"] = Answers.Json(
            200,
            """{"status":1,"data":{"orderId":"9","status":-3},"code":200}"""
        ),
        ["success with a state of another product"] = Answers.Json(
            200,
            """{"status":1,"data":{"orderId":"1443","status":-4},"code":200}"""
        ),
        ["success in a server error"] = Answers.Json(500, Answers.CancelledOrder),
        ["success followed by rubbish"] = Answers.Json(200, Answers.CancelledOrder + "x"),
        ["a refusal without a word"] = Answers.Json(200, """{"status":0}"""),
        ["trouble in words"] = Answers.Error(200, "Something went wrong, please try again"),
        ["a server error in the envelope"] = Answers.Json(200, """{"status":0,"error":"oops","code":500}"""),
        ["maintenance"] = Answers.Error(503, "Maintenance"),
        ["a page that is not there"] = Answers.Json(404, "<html>"),
        ["more than any answer has"] = Answers.Json(200, new string(' ', 70_000) + Answers.CancelledOrder),
        ["text that is not Unicode"] = Answers.Json(200, """{"status":0,"error":"\ud800"}"""),
        ["too many requests"] = Answers.TooMany,
    };

    public static TheoryData<string> UnclearAnswers => [.. Unclear.Keys];

    [Fact]
    public async Task A_clear_success_is_one_call()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var outcome = await service.CancelAsync();
        Assert.Equal(
            (OutcomeKind.Cancelled, OrderStatus.Cancelled, 1),
            (outcome.Kind, outcome.OrderStatus, outcome.Attempts)
        );
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task What_goes_over_the_wire_is_what_the_provider_specifies()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.CancelAsync();
        var call = Assert.Single(service.Provider.Calls);
        Assert.Equal(
            ("POST", "https://api.onramp.money/onramp-merchants/widget/cancelOrder", """{"orderId":"1443"}"""),
            (call.Method, call.Uri.AbsoluteUri, call.Body)
        );
        Assert.Equal("application/json", call.Headers["Accept"]);
        Assert.Equal(
            "application/json;charset=UTF-8",
            call.Headers["Content-Type"].Replace(" ", "", StringComparison.Ordinal)
        );
        Assert.Equal("test_key", call.Headers["X-ONRAMP-APIKEY"]);

        // The first vector: the clock of the test shows its timestamp.
        var (_, payload, signature) = RequestSignerTests.Vectors.First().Data;
        Assert.Equal((payload, signature), (call.Headers["X-ONRAMP-PAYLOAD"], call.Headers["X-ONRAMP-SIGNATURE"]));
    }

    [Theory]
    [MemberData(nameof(UnclearAnswers))]
    public async Task An_unclear_answer_after_which_the_order_is_cancelled_is_a_success(string unclear)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Unclear[unclear]).OnGet(Answers.Order(-3));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [MemberData(nameof(UnclearAnswers))]
    public async Task An_unclear_answer_after_which_the_order_still_waits_is_tried_again(string unclear)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Unclear[unclear], Answers.Cancelled).OnGet(Answers.Order(0));
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Cancelled, 2), (outcome.Kind, outcome.Attempts));
        Assert.Single(service.Time.Delays);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [MemberData(nameof(UnclearAnswers))]
    public async Task An_unclear_answer_of_getOrder_never_becomes_an_outcome_about_the_order(string unclear)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.HtmlPage).OnGet(Unclear[unclear]);
        var outcome = await service.CancelAsync();
        Assert.Equal(unclear == "too many requests" ? OutcomeKind.Throttled : OutcomeKind.Unavailable, outcome.Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task A_refused_order_in_a_final_or_paid_state_is_not_cancellable(int state)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Error(200, "Order cannot be cancelled")).OnGet(Answers.Order(state));
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.NotCancellable, state), (outcome.Kind, (int?)outcome.OrderStatus));
    }

    [Fact]
    public async Task Cancelling_a_cancelled_order_again_is_cancelled_and_no_error()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Error(400, "Order already cancelled")).OnGet(Answers.Order(-3));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [InlineData(417, "Order does not exist")]
    [InlineData(200, "Invalid orderId")]
    [InlineData(404, "No such order")]
    [InlineData(400, "Order not found")]
    public async Task An_order_that_getOrder_does_not_know_is_not_found(int http, string words)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.UnknownOrder).OnGet(Answers.Error(http, words));
        Assert.Equal(OutcomeKind.NotFound, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(406)]
    [InlineData(409)]
    [InlineData(413)]
    [InlineData(416)]
    [InlineData(428)]
    public async Task A_definite_refusal_of_an_order_that_waits_is_rejected_with_the_providers_words(int http)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Error(http, "Refused for a reason")).OnGet(Answers.Order(0));
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Rejected, "Refused for a reason"), (outcome.Kind, outcome.Detail));
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("Invalid API key", OutcomeKind.Credentials)]
    [InlineData("Signature mismatch", OutcomeKind.Credentials)]
    [InlineData("Too many requests", OutcomeKind.Throttled)]
    [InlineData("Internal error", OutcomeKind.Unavailable)]
    public async Task Messages_about_credentials_load_or_errors_never_mean_an_unknown_order(
        string words,
        OutcomeKind reason
    )
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.HtmlPage).OnGet(Answers.Error(200, words));
        var outcome = await service.CancelAsync();
        Assert.Equal(reason, outcome.Kind);
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(406, "Coin not supported")]
    [InlineData(409, "orderId must be a number")]
    [InlineData(416, "Balance insufficient")]
    public async Task A_read_that_is_refused_for_another_reason_never_means_an_unknown_order(int http, string? words)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(Answers.HtmlPage)
            .OnGet(words is null ? Answers.Json(http, "<html>") : Answers.Error(http, words));
        var outcome = await service.CancelAsync();
        Assert.Equal(OutcomeKind.Unavailable, outcome.Kind);
    }

    [Fact]
    public async Task Only_if_unpaid_reads_first_and_leaves_a_paid_order_alone()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(1));
        Assert.Equal(OutcomeKind.NotCancellable, (await service.CancelAsync(onlyIfUnpaid: true)).Kind);
        Assert.Equal(["getOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task Only_if_unpaid_cancels_an_order_that_waits()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync(onlyIfUnpaid: true)).Kind);
        Assert.Equal(["getOrder", "cancelOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task Only_if_unpaid_does_not_cancel_what_it_could_not_read()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(OutcomeKind.Unavailable, (await service.CancelAsync(onlyIfUnpaid: true)).Kind);
        Assert.DoesNotContain("cancelOrder", service.Provider.Operations);
    }

    [Fact]
    public async Task Only_if_unpaid_reads_again_before_it_tries_again()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Reset).OnGet(Answers.Order(0), Answers.Order(0), Answers.Order(1));
        Assert.Equal(OutcomeKind.NotCancellable, (await service.CancelAsync(onlyIfUnpaid: true)).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task Retries_are_bounded_and_the_failure_says_what_happened_last()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.HtmlPage;
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Unavailable, 3), (outcome.Kind, outcome.Attempts));
        Assert.Equal(6, service.Provider.Calls.Count);
        Assert.NotNull(outcome.Detail);
    }

    [Fact]
    public async Task Retries_vary_in_their_waits_so_that_not_all_callers_come_back_together()
    {
        await using var service = await Service.StartAsync(("Onramp:CircuitMinimumCalls", "1000"));
        service.Provider.Otherwise = Answers.HtmlPage;
        for (var request = 0; request < 20; request++)
        {
            await service.CancelAsync();
        }

        Assert.True(service.Time.Delays.Distinct().Count() > 20, "The waits do not vary.");
        Assert.All(service.Time.Delays, static delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task The_whole_takes_no_longer_than_the_budget()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Hang;
        var start = service.Time.GetUtcNow();
        var outcome = await service.CancelAsync();
        Assert.Equal(OutcomeKind.Unavailable, outcome.Kind);
        Assert.InRange(service.Time.GetUtcNow() - start, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_budget_that_ends_during_the_first_attempt_says_so()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:CallTimeout", "00:00:06"),
            ("Onramp:TotalBudget", "00:00:20"),
            ("Outcomes:PublishTimeout", "00:00:05")
        );
        service.Provider.OnGet(
            Answers.During(() => service.Time.Advance(TimeSpan.FromSeconds(5)), Answers.Order(0)),
            Answers.Hang
        );
        service.Provider.OnCancel(Answers.Hang);
        var outcome = await service.CancelAsync(onlyIfUnpaid: true);
        Assert.Equal(
            (OutcomeKind.Unavailable, "no answer within the time budget", 1),
            (outcome.Kind, outcome.Detail, outcome.Attempts)
        );
    }

    [Fact]
    public async Task Retry_After_wins_over_our_own_delay()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.WithRetryAfter(Answers.TooMany, "7"), Answers.Cancelled)
            .OnGet(Answers.Order(0));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal([TimeSpan.FromSeconds(7)], service.Time.Delays);
    }

    [Fact]
    public async Task A_Retry_After_beyond_the_budget_is_handed_to_the_caller_at_once()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.WithRetryAfter(Answers.TooMany, "120")).OnGet(Answers.Order(0));
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Throttled, TimeSpan.FromSeconds(120)), (outcome.Kind, outcome.RetryAfter));
        Assert.Empty(service.Time.Delays);
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task A_Retry_After_beyond_what_is_left_of_the_budget_is_handed_to_the_caller_at_once()
    {
        await using var service = await Service.StartAsync(("Onramp:TotalBudget", "00:00:20"));
        service
            .Provider.OnCancel(
                Answers.During(
                    () => service.Time.Advance(TimeSpan.FromSeconds(5)),
                    Answers.WithRetryAfter(Answers.TooMany, "12")
                )
            )
            .OnGet(Answers.Order(0));
        Assert.Equal(TimeSpan.FromSeconds(12), (await service.CancelAsync()).RetryAfter);
        Assert.Empty(service.Time.Delays);
    }

    [Fact]
    public async Task A_Retry_After_that_is_a_date_counts_from_now()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(
                Answers.WithRetryAfter(Answers.TooMany, "Tue, 14 Nov 2023 22:13:24 GMT"),
                Answers.Cancelled
            )
            .OnGet(Answers.Order(0));
        await service.CancelAsync();
        Assert.Equal([TimeSpan.FromSeconds(4)], service.Time.Delays);
    }

    [Fact]
    public async Task A_long_answer_under_the_limit_is_read_whole()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Json(200, new string(' ', 60_000) + Answers.CancelledOrder));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task A_call_beyond_the_limit_is_throttled_without_reaching_the_provider_and_the_next_has_its_place_back()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxConcurrentCalls", "1"),
            ("Onramp:MaxQueuedCalls", "0"),
            ("Onramp:MaxRetries", "0")
        );
        Task<CancelOutcome>? meanwhile = null;
        service.Provider.OnCancel(
            Answers.During(() => meanwhile = service.CancelAsync(orderId: "2"), Answers.Cancelled),
            Answers.Cancelled
        );
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        var refused = await meanwhile!;
        Assert.Equal(OutcomeKind.Throttled, refused.Kind);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(["cancelOrder", "cancelOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task A_call_beyond_the_limit_waits_in_the_queue_while_that_has_room()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxConcurrentCalls", "1"),
            ("Onramp:MaxQueuedCalls", "1"),
            ("Onramp:MaxRetries", "0")
        );
        Task<CancelOutcome>? meanwhile = null;
        var callsBefore = 0;
        service.Provider.OnCancel(
            Answers.During(
                () =>
                {
                    meanwhile = service.CancelAsync();
                    callsBefore = service.Provider.Calls.Count;
                },
                Answers.Cancelled
            ),
            Answers.Cancelled
        );
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(OutcomeKind.Cancelled, (await meanwhile!).Kind);
        Assert.Equal((1, 2), (callsBefore, service.Provider.Calls.Count));
    }

    [Fact]
    public async Task A_cancelled_token_is_not_an_outcome()
    {
        await using var service = await Service.StartAsync();
        using var stop = new CancellationTokenSource();
        service.Provider.OnCancel(
            (_, _, token) =>
            {
                stop.Cancel();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("The token does not reach the call.");
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.CancelAsync(token: stop.Token));
    }
}
