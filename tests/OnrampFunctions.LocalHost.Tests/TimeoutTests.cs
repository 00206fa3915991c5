using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Stale orders and deferred requests.</summary>
public sealed class TimeoutTests
{
    private const string Timeout = "/api/orders/1443/timeout";

    [Fact]
    public async Task Can_arm_a_timeout_that_cancels_by_itself()
    {
        await using var host = await StartAsync();

        var armed = await host.PutAsync(Timeout, """{"after":"PT15M"}""");
        Assert.Equal(
            (HttpStatusCode.Created, $"{RunningHost.Start.AddMinutes(15):yyyy-MM-dd'T'HH:mm:sszzz}"),
            (armed.Status, armed.Text("dueAt"))
        );
        host.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new QueueCounts(0, 0, 1), host.Queue.Counts);
        host.Clock.Advance(TimeSpan.FromMilliseconds(1));

        var outcome = await host.NextOutcomeAsync();
        Assert.Equal(("cancelled", "timeout"), (outcome.Kind, outcome.Trigger));
        Assert.Equal(OrderStates.Cancelled, host.Simulator.Order("1443").Status);
    }

    [Fact]
    public async Task Can_disarm_a_timeout_again_and_again()
    {
        await using var host = await StartAsync();
        await host.PutAsync(Timeout, $$"""{"at":"{{RunningHost.Start:yyyy-MM-dd}}T14:00:00+01:00"}""");

        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(Timeout)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(Timeout)).Status);
        host.Clock.Advance(TimeSpan.FromHours(2));

        await host.AssertNoMoreOutcomesAsync();
        Assert.Equal((0, 0), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
    }

    [Fact]
    public async Task Cannot_cancel_an_order_that_was_paid_in_between()
    {
        await using var host = await StartAsync();
        await host.PutAsync(Timeout, """{"after":"PT1S"}""");

        host.Simulator.Order("1443").Status = OrderStates.Paid;
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("not_cancellable", (await host.NextOutcomeAsync()).Kind);
        Assert.Equal((0, 1), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
    }

    [Fact]
    public async Task Cannot_disarm_a_timeout_that_has_fired()
    {
        await using var host = await StartAsync();
        await host.PutAsync(Timeout, """{"after":"PT1S"}""");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.NextOutcomeAsync();

        Assert.Equal("timeout-fired", (await host.DeleteAsync(Timeout)).Problem);
    }

    [Theory]
    [InlineData("999", "timeout-not-found")]
    [InlineData("hash:9f86d081884c7d65", "timeout-not-found")]
    [InlineData("-1", "invalid-request")]
    [InlineData("abc", "invalid-request")]
    [InlineData("99999999999999999999", "invalid-request")]
    public async Task Cannot_disarm_a_timeout_that_was_never_armed(string order, string problem)
    {
        await using var host = await StartAsync();

        Assert.Equal(problem, (await host.DeleteAsync($"/api/orders/{order}/timeout")).Problem);
    }

    [Theory]
    [InlineData("hash:a%2Fb")]
    [InlineData("hash:a%2fb")]
    [InlineData("hash%3Aa%2Fb")]
    public async Task Can_name_an_order_by_a_hash_with_a_slash(string order)
    {
        await using var host = await StartAsync();

        var armed = await host.PutAsync($"/api/orders/{order}/timeout", """{"after":"PT1H"}""");
        Assert.Equal((HttpStatusCode.Created, "a/b"), (armed.Status, armed.Text("hash")));
    }

    [Fact]
    public async Task An_extended_order_is_cancelled_at_its_new_end()
    {
        await using var host = await StartAsync();
        var order = host.Simulator.Order("1443");
        order.EndTime = RunningHost.Start.AddMinutes(10);
        Assert.Equal(HttpStatusCode.Created, (await host.PutAsync(Timeout, """{"whenExpired":true}""")).Status);

        order.EndTime = RunningHost.Start.AddMinutes(20);
        host.Clock.Advance(TimeSpan.FromMinutes(10.5));
        await host
            .Queue.WhenAsync(static counts => counts == new QueueCounts(0, 0, 1), RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal(0, order.CancelCalls);

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("cancelled", (await host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Arming_again_moves_the_timeout()
    {
        await using var host = await StartAsync();
        await host.PutAsync(Timeout, """{"after":"PT10M"}""");
        Assert.Equal(HttpStatusCode.OK, (await host.PutAsync(Timeout, """{"after":"PT1H"}""")).Status);
        Assert.Equal(1, host.Queue.Counts.Scheduled);

        host.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, host.Queue.Counts.Scheduled);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.NextOutcomeAsync();
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Cannot_arm_a_timeout_while_the_queue_refuses_it()
    {
        await using var host = await StartAsync();
        await host.PutAsync("/simulator/faults", """{"rates":{"schedule-refused":1}}""");

        var answer = await host.PutAsync(Timeout, """{"after":"PT1S"}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "queue-unavailable"), (answer.Status, answer.Problem));
        Assert.Equal(0, host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task Can_prefer_to_be_answered_before_the_work_is_done_and_ask_later()
    {
        await using var host = await StartAsync();

        var answer = await host.CancelAsync("1443", ("Prefer", "respond-async, wait=10"), ("Idempotency-Key", "later"));
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal(
            (HttpStatusCode.Accepted, "later", "respond-async"),
            (answer.Status, answer.Text("requestId"), answer.Headers["Preference-Applied"])
        );
        Assert.Equal(("cancelled", "later"), (outcome.Kind, outcome.Text("requestId")));
        await host.AssertNoMoreOutcomesAsync();
        var location = answer.Headers["Location"];
        await host
            .Host.Broker.Records.WhenAsync(static counts => counts.IsIdle, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal("cancelled", (await host.GetAsync(location)).Text("outcome"));
    }

    private static Task<RunningHost> StartAsync() => RunningHost.StartAsync(("Timeouts__Spread", "00:00:00"));
}
