using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Every row of the outcome table and every outcome rule, over real HTTP on both sides.</summary>
public sealed class OutcomeTests
{
    [Fact]
    public async Task Can_read_the_properties_of_an_outcome_event_over_HTTP()
    {
        await using var host = await RunningHost.StartAsync();
        await host.CancelAsync("1443");

        var answer = await host.DeleteAsync("/cancel-results/subscriptions/local/messages/head?timeout=5");

        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal(
            ("\"cancelled\"", "\"http\"", "\"1.0\"", "\"onramp.order.cancelled\""),
            (
                answer.Headers["outcome"],
                answer.Headers["trigger"],
                answer.Headers["cloudEvents_specversion"],
                answer.Headers["cloudEvents_type"]
            )
        );
    }

    [Fact]
    public async Task Can_cancel_a_waiting_order_with_one_call()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.CancelAsync("1443", ("Idempotency-Key", "key-1"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            ("key-1", "1443", "cancelled", "-3", "1"),
            (
                answer.Text("requestId"),
                answer.Text("orderId"),
                answer.Text("outcome"),
                answer.Text("orderStatus"),
                answer.Text("attempts")
            )
        );
        AssertCalls(host, "1443", cancel: 1, get: 0);
        Assert.Equal(OrderStates.Cancelled, host.Simulator.Order("1443").Status);
        var outcome = await host.NextOutcomeAsync();
        Assert.Equal(
            ("cancelled", "http", "key-1", "1443"),
            (outcome.Kind, outcome.Trigger, outcome.Message.Message.CorrelationId, outcome.Text("orderId"))
        );
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Can_cancel_an_order_by_its_hash()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.PostAsync("/api/orders/cancel", """{"hash":"9f86d081884c7d65"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("9f86d081884c7d65", "1448"), (answer.Text("hash"), answer.Text("orderId")));
        AssertCalls(host, "1448", cancel: 1, get: 0);
    }

    [Fact]
    public async Task Can_repeat_a_cancel()
    {
        await using var host = await RunningHost.StartAsync();
        await host.CancelAsync("1443");

        var answer = await host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (answer.Status, answer.Text("outcome")));
        AssertCalls(host, "1443", cancel: 2, get: 1);
    }

    [Theory]
    [InlineData("1444", OrderStates.Paid)]
    [InlineData("1445", OrderStates.Completed)]
    [InlineData("1446", OrderStates.Failed)]
    public async Task Cannot_cancel_an_order_that_is_past_waiting(string orderId, int state)
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.CancelAsync(orderId);

        Assert.Equal((HttpStatusCode.Conflict, "not-cancellable"), (answer.Status, answer.Problem));
        Assert.Equal(
            (state.ToString(), "not_cancellable", "false"),
            (answer.Text("orderStatus"), answer.Text("outcome"), answer.Text("retryable"))
        );
        Assert.Equal(state, host.Simulator.Order(orderId).Status);
        Assert.Equal("not_cancellable", (await host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Cannot_cancel_an_order_that_does_not_exist()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.CancelAsync("999999");

        Assert.Equal((HttpStatusCode.NotFound, "order-not-found"), (answer.Status, answer.Problem));
        Assert.Equal("not_found", (await host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Cannot_cancel_an_order_that_the_provider_clearly_says_it_does_not_know()
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443")
            .Plan(new(FaultKind.Http500, ProviderOperation.Cancel), new(FaultKind.Http417, ProviderOperation.Get));

        Assert.Equal("order-not-found", (await host.CancelAsync("1443")).Problem);
    }

    [Theory]
    [InlineData(FaultKind.Http400, "Invalid request format")]
    [InlineData(FaultKind.Http406, "Coin is not supported")]
    [InlineData(FaultKind.Http409, "Parameter type is wrong")]
    [InlineData(FaultKind.Http413, "Volume is out of bounds")]
    [InlineData(FaultKind.Http416, "Balance is insufficient")]
    [InlineData(FaultKind.Http428, "Price is irregular")]
    [InlineData(FaultKind.StatusZero, "Cancellation refused")]
    public async Task Cannot_cancel_what_the_provider_refuses(FaultKind refusal, string words)
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(new PlannedFault(refusal, ProviderOperation.Cancel));

        var answer = await host.CancelAsync("1443");

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "rejected", "0"),
            (answer.Status, answer.Problem, answer.Text("orderStatus"))
        );
        Assert.Contains(words, answer.Text("detail"), StringComparison.Ordinal);
        AssertCalls(host, "1443", cancel: 1, get: 1);
        Assert.Equal("rejected", (await host.NextOutcomeAsync()).Kind);
    }

    [Theory]
    [InlineData(FaultKind.AnswerLost)]
    [InlineData(FaultKind.CutJson)]
    [InlineData(FaultKind.DataString)]
    public async Task Can_find_out_that_a_cancel_with_a_broken_answer_took_effect(FaultKind fault)
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(new PlannedFault(fault, ProviderOperation.Cancel));

        var answer = await host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.OK, "1"), (answer.Status, answer.Text("attempts")));
        AssertCalls(host, "1443", cancel: 1, get: 1);
    }

    [Theory]
    [InlineData(FaultKind.Reset)]
    [InlineData(FaultKind.EmptyBody)]
    [InlineData(FaultKind.Html502)]
    [InlineData(FaultKind.Http417)]
    [InlineData(FaultKind.Http429)]
    [InlineData(FaultKind.Http429RetryAfter)]
    [InlineData(FaultKind.Http500)]
    [InlineData(FaultKind.Http503)]
    public async Task Can_cancel_at_the_second_try_after_an_answer_without_effect(FaultKind fault)
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(new PlannedFault(fault, ProviderOperation.Cancel));

        var answer = await host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.OK, "2"), (answer.Status, answer.Text("attempts")));
        AssertCalls(host, "1443", cancel: 2, get: 1);
        await host.NextOutcomeAsync();
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Can_cancel_at_the_second_try_after_no_answer_in_time()
    {
        await using var host = await RunningHost.StartAsync();
        var held = host.Simulator.Order("1443").Hold(ProviderOperation.Cancel);

        var answer = host.CancelAsync("1443");
        await held.Arrived.WaitAsync(RunningHost.Token);
        host.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal((HttpStatusCode.OK, "2"), ((await answer).Status, (await answer).Text("attempts")));
        AssertCalls(host, "1443", cancel: 2, get: 1);
    }

    [Fact]
    public async Task Can_wait_for_a_slow_provider()
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(new PlannedFault(FaultKind.Slow));

        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
        AssertCalls(host, "1443", cancel: 1, get: 0);
    }

    [Theory]
    [InlineData(FaultKind.Http503, "unavailable")]
    [InlineData(FaultKind.Html502, "unavailable")]
    [InlineData(FaultKind.Reset, "unavailable")]
    [InlineData(FaultKind.Http429, "throttled")]
    public async Task Cannot_cancel_while_the_provider_does_nothing_but_fail(FaultKind fault, string code)
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(fault, ProviderOperation.Cancel), 3));

        var answer = await host.CancelAsync("1443");

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, code, "true"),
            (answer.Status, answer.Problem, answer.Text("retryable"))
        );
        Assert.True(int.Parse(answer.Headers["Retry-After"]) > 0);
        var outcome = await host.NextOutcomeAsync();
        Assert.Equal(("failed", code, "3"), (outcome.Kind, outcome.Text("reasonCode"), outcome.Text("attempts")));
        Assert.Equal(OrderStates.Waiting, host.Simulator.Order("1443").Status);
    }

    [Fact]
    public async Task Cannot_say_what_became_of_an_order_that_cannot_be_read()
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(FaultKind.CutJson), 6));

        var answer = await host.CancelAsync("1443");

        Assert.Equal("unavailable", answer.Problem);
        Assert.Null(answer.Text("orderStatus"));
    }

    [Fact]
    public async Task Cannot_retry_sooner_than_the_provider_asks()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Faults.Settings = new FaultSettings { RetryAfterSeconds = 3600 };
        host.Simulator.Order("1443").Plan(new PlannedFault(FaultKind.Http429RetryAfter));

        var answer = await host.CancelAsync("1443");

        Assert.Equal(("throttled", "3600"), (answer.Problem, answer.Headers["Retry-After"]));
        AssertCalls(host, "1443", cancel: 1, get: 1);
    }

    [Fact]
    public async Task Can_sign_with_the_providers_clock_after_being_ahead_of_it()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Faults.Settings = new FaultSettings { ClockOffset = TimeSpan.FromSeconds(-30) };

        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PostAsync("/api/orders/cancel", """{"hash":"9f86d081884c7d65"}""")).Status
        );

        AssertCalls(host, "1443", cancel: 2, get: 0);
        AssertCalls(host, "1448", cancel: 1, get: 0);
        Assert.Equal(1, host.Simulator.ClockReads);
    }

    [Fact]
    public async Task Can_sign_with_a_rotated_pair()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Vault.Rotate(new ProviderCredentials("another_key", "another_secret"));

        var answer = await host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.OK, "1"), (answer.Status, answer.Text("attempts")));
        AssertCalls(host, "1443", cancel: 2, get: 0);

        // Two at start, two for the new pair, two to check whether the old one is still valid.
        Assert.Equal(6, host.Host.Vault.Reads);
    }

    [Theory]
    [InlineData(FaultKind.RefusedSignature)]
    [InlineData(FaultKind.Forbidden)]
    public async Task Cannot_cancel_with_credentials_that_stay_refused(FaultKind refusal)
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(refusal), 10));

        var answer = await host.CancelAsync("1443");

        Assert.Equal((HttpStatusCode.BadGateway, "credentials-refused"), (answer.Status, answer.Problem));

        // Two at start, two after the refusal, and the earlier versions: a list and a value of each.
        Assert.Equal(8, host.Host.Vault.Reads);
        Assert.Equal("credentials", (await host.NextOutcomeAsync()).Text("reasonCode"));
    }

    [Fact]
    public async Task Cannot_cancel_with_a_pair_that_only_the_vault_knows()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__ApiSecret", "one"));
        host.Simulator.Credentials = new ProviderCredentials("test_key", "two");

        var answer = await host.CancelAsync("1443");

        Assert.Equal("credentials-refused", answer.Problem);
        Assert.DoesNotContain("test_key", answer.Body, StringComparison.Ordinal);
        Assert.Equal(OrderStates.Waiting, host.Simulator.Order("1443").Status);
    }

    [Fact]
    public async Task Can_cancel_only_if_unpaid()
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PostAsync("/api/orders/cancel", """{"orderId":1443,"onlyIfUnpaid":true}""")).Status
        );
        AssertCalls(host, "1443", cancel: 1, get: 1);
    }

    [Theory]
    [InlineData("1444", "not-cancellable")]
    [InlineData("1445", "not-cancellable")]
    [InlineData("999999", "order-not-found")]
    public async Task Cannot_cancel_only_if_unpaid_what_is_not_waiting(string orderId, string code)
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.PostAsync("/api/orders/cancel", $$"""{"orderId":"{{orderId}}","onlyIfUnpaid":true}""");

        Assert.Equal(code, answer.Problem);
        Assert.All(host.Simulator.Orders, order => Assert.Equal(0, order.CancelCalls));
    }

    [Fact]
    public async Task Cannot_report_an_order_as_done_whose_event_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PutAsync("/simulator/faults", """{"rates":{"publish-refused":1}}""");

        var refused = await host.CancelAsync("1443", ("Idempotency-Key", "again"));
        await host.PutAsync("/simulator/faults", "{}");
        var repeated = await host.CancelAsync("1443", ("Idempotency-Key", "again"));

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "outcome-not-published", "cancelled"),
            (refused.Status, refused.Problem, refused.Text("outcome"))
        );
        Assert.Equal(HttpStatusCode.OK, repeated.Status);
        Assert.Equal("again", (await host.NextOutcomeAsync()).Text("requestId"));
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Can_repeat_a_request_whose_event_was_published_without_an_answer()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PutAsync("/simulator/faults", """{"rates":{"publish-answer-lost":1}}""");

        Assert.Equal("outcome-not-published", (await host.CancelAsync("1443", ("Idempotency-Key", "again"))).Problem);
        await host.PutAsync("/simulator/faults", "{}");
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443", ("Idempotency-Key", "again"))).Status);

        await host.NextOutcomeAsync();
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Cannot_call_a_provider_whose_circuit_is_open()
    {
        await using var host = await RunningHost.StartAsync(
            ("Onramp__CircuitMinimumCalls", "2"),
            ("Onramp__MaxRetries", "0"),
            ("Onramp__CircuitBreakDuration", "00:05:00")
        );
        host.Simulator.Order("1443").Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503), 2));

        Assert.Equal("unavailable", (await host.CancelAsync("1443")).Problem);
        var answer = await host.CancelAsync("1443");

        Assert.Equal("unavailable", answer.Problem);
        Assert.Equal("300", answer.Headers["Retry-After"]);
        AssertCalls(host, "1443", cancel: 1, get: 1);

        host.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
    }

    private static void AssertCalls(RunningHost host, string orderId, int cancel, int get)
    {
        var order = host.Simulator.Order(orderId);
        Assert.Equal((cancel, get), (order.CancelCalls, order.GetCalls));
    }
}
