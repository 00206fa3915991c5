using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Stale orders and deferred requests.</summary>
public sealed class TimeoutTests
{
    private const string Timeouts = "/api/orders/timeouts";

    [Fact]
    public async Task Can_arm_a_timeout_that_cancels_by_itself()
    {
        await using var host = await RunningHost.StartAsync();

        var armed = await host.PostAsync(Timeouts, """{"orderId":"1443","after":"PT15M"}""");
        Assert.Equal(
            (HttpStatusCode.Created, $"{RunningHost.Start.AddMinutes(15):yyyy-MM-dd'T'HH:mm:sszzz}"),
            (armed.Status, armed.Text("dueAt"))
        );
        Assert.Equal($"{Timeouts}/{armed.Text("timeoutId")}", armed.Headers["Location"]);
        host.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new QueueCounts(0, 0, 1), host.Queue.Counts);
        host.Clock.Advance(TimeSpan.FromMilliseconds(1));

        var outcome = await host.NextOutcomeAsync();
        Assert.Equal(("cancelled", "timeout"), (outcome.Kind, outcome.Trigger));
        Assert.Equal(OrderStates.Cancelled, host.Simulator.Order("1443").Status);
    }

    [Fact]
    public async Task Can_disarm_a_timeout_once()
    {
        await using var host = await RunningHost.StartAsync();
        var armed = await host.PostAsync(
            Timeouts,
            $$"""{"orderId":"1443","at":"{{RunningHost.Start:yyyy-MM-dd}}T14:00:00+01:00"}"""
        );
        var timeout = armed.Headers["Location"];

        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(timeout)).Status);
        Assert.Equal("timeout-not-found", (await host.DeleteAsync(timeout)).Problem);
        host.Clock.Advance(TimeSpan.FromHours(2));

        await host.AssertNoMoreOutcomesAsync();
        Assert.Equal((0, 0), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
    }

    [Fact]
    public async Task Cannot_cancel_an_order_that_was_paid_in_between()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync(Timeouts, """{"orderId":"1443","after":"PT1S"}""");

        host.Simulator.Order("1443").Status = OrderStates.Paid;
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("not_cancellable", (await host.NextOutcomeAsync()).Kind);
        Assert.Equal((0, 1), (host.Simulator.Order("1443").CancelCalls, host.Simulator.Order("1443").GetCalls));
    }

    [Fact]
    public async Task Cannot_disarm_a_timeout_that_has_fired()
    {
        await using var host = await RunningHost.StartAsync();
        var armed = await host.PostAsync(Timeouts, """{"orderId":"1443","after":"PT1S"}""");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.NextOutcomeAsync();

        Assert.Equal("timeout-not-found", (await host.DeleteAsync(armed.Headers["Location"])).Problem);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("99999999999999999999")]
    public async Task Cannot_disarm_a_timeout_that_was_never_armed(string timeoutId)
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Equal(
            (HttpStatusCode.NotFound, "timeout-not-found"),
            (
                (await host.DeleteAsync($"{Timeouts}/{timeoutId}")).Status,
                (await host.DeleteAsync($"{Timeouts}/{timeoutId}")).Problem
            )
        );
    }

    [Fact]
    public async Task Cannot_disarm_what_is_not_a_timeout()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync(
            "/cancel-requests/messages",
            """{"orderId":"1443"}""",
            (
                "BrokerProperties",
                $$"""{"ScheduledEnqueueTimeUtc":"{{RunningHost.Start.AddDays(1):yyyy-MM-dd}}T00:00:00Z"}"""
            )
        );

        Assert.Equal("timeout-not-found", (await host.DeleteAsync($"{Timeouts}/1")).Problem);
        Assert.Equal(1, host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task Arms_the_same_order_for_the_same_instant_once()
    {
        await using var host = await RunningHost.StartAsync();

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(
                HttpStatusCode.Created,
                (
                    await host.PostAsync(
                        Timeouts,
                        $$"""{"orderId":"1443","at":"{{RunningHost.Start:yyyy-MM-dd}}T13:00:00Z"}"""
                    )
                ).Status
            );
        }

        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.NextOutcomeAsync();
        await host.AssertNoMoreOutcomesAsync();
    }

    [Fact]
    public async Task Cannot_arm_a_timeout_while_the_queue_refuses_it()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PutAsync("/simulator/faults", """{"rates":{"schedule-refused":1}}""");

        var answer = await host.PostAsync(Timeouts, """{"orderId":"1443","after":"PT1S"}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "queue-unavailable"), (answer.Status, answer.Problem));
        Assert.Equal(0, host.Queue.Counts.Scheduled);
    }

    [Fact]
    public async Task Can_prefer_to_be_answered_before_the_work_is_done()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.CancelAsync("1443", ("Prefer", "respond-async, wait=10"), ("Idempotency-Key", "later"));
        var outcome = await host.NextOutcomeAsync();

        Assert.Equal(
            (HttpStatusCode.Accepted, "later", "respond-async"),
            (answer.Status, answer.Text("requestId"), answer.Headers["Preference-Applied"])
        );
        Assert.Equal(("cancelled", "later"), (outcome.Kind, outcome.Text("requestId")));
        await host.AssertNoMoreOutcomesAsync();
    }
}
