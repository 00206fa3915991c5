using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>The limit of calls a second: which calls need a permit, and how they wait for it.</summary>
public sealed class CallBudgetTests
{
    private const string Body = """{"orderId":"1443"}""";

    private static readonly (string, string) NoRetries = ("Onramp__MaxRetries", "0");

    // The default budget of 20 s less the time for the publication; the last tenth is left for the call.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(13.5);

    [Fact]
    public async Task Without_a_rate_nobody_asks_for_a_permit()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync(("Onramp__CallsPerSecond", "0"));
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(0, limit.Asked);
    }

    [Fact]
    public async Task Every_HTTP_call_takes_one_permit()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync();
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.HtmlPage, Answers.Reset, Answers.Cancelled)
            .OnClock(Answers.ServerTime(1700000009000))
            .OnGet(Enumerable.Repeat(Answers.Order(0), 5).ToArray());

        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync(onlyIfUnpaid: true)).Kind);
        Assert.Contains("currentTimestamp", service.Provider.Operations);
        Assert.Equal(service.Provider.Calls.Count, limit.Granted);
    }

    [Fact]
    public async Task A_call_that_is_refused_waits_and_asks_again()
    {
        SharedLimit limit = new() { Answer = static asked => Task.FromResult(asked > 5) };
        await using var service = await limit.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);

        var outcome = await service.CancelAsync();

        Assert.Equal((OutcomeKind.Cancelled, 1), (outcome.Kind, outcome.Attempts));
        Assert.Equal(6, limit.Asked);
        Assert.Equal(5, service.Time.Delays.Count);
        Assert.All(
            service.Time.Delays,
            static pause => Assert.InRange(pause, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150))
        );
    }

    [Fact]
    public async Task A_call_without_a_permit_is_throttled_and_never_reaches_the_provider()
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync();
        var started = service.Time.GetTimestamp();

        var outcome = await service.CancelAsync();

        Assert.Equal((OutcomeKind.Throttled, 0), (outcome.Kind, outcome.Attempts));
        Assert.Equal("the limit of calls to Onramp (10 a second) left none for this request in time", outcome.Detail);
        Assert.Equal(TimeSpan.FromSeconds(5), outcome.RetryAfter);
        Assert.Empty(service.Provider.Calls);
        Assert.InRange(service.Time.GetElapsedTime(started), LongestWait, LongestWait + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_caller_without_a_permit_is_told_when_to_retry()
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync(("Onramp__CallsPerSecond", "0.1"));

        var answer = await service.SendAsync(new() { Body = "{\"orderId\":\"1443\"}"u8.ToArray() });

        Assert.Equal((503, "throttled", "10"), (answer.Status, answer.Problem, answer.Header("Retry-After")));
    }

    [Fact]
    public async Task A_message_without_a_permit_is_retried_without_counting_an_attempt()
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync();

        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body));

        var (copy, _) = Assert.Single(service.Queue.Scheduled.Values);
        limit.Answer = static _ => Task.FromResult(true);
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(copy)));
        Assert.Equal(1, Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_read_before_the_cancel_without_a_permit_is_no_attempt()
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync();
        var outcome = await service.CancelAsync(onlyIfUnpaid: true);
        Assert.Equal((OutcomeKind.Throttled, 0), (outcome.Kind, outcome.Attempts));
    }

    [Theory]
    [InlineData("00:00:02", 2)]
    [InlineData("00:00:06", 6)]
    public async Task A_read_of_its_own_waits_for_its_permit_as_long_as_a_call_may_take(string callTimeout, int seconds)
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync(("Onramp__CallTimeout", callTimeout));
        var started = service.Time.GetTimestamp();

        var reading = await service
            .Get<OrderReader>()
            .ReadAsync(OrderReference.FromOrderId("1443"), CallLine.Callers, TestContext.Current.CancellationToken);

        Assert.Equal((OutcomeKind.Throttled, 0), (reading.Outcome!.Kind, reading.Outcome.Attempts));
        Assert.InRange(service.Time.GetElapsedTime(started).TotalSeconds, seconds, seconds + 1);
    }

    /// <summary>The calls that got a permit have happened, so the attempt counts; the last one decides.</summary>
    [Theory]
    [InlineData(false, "cancelOrder")]
    [InlineData(true, "getOrder")]
    public async Task An_attempt_that_runs_out_of_permits_is_throttled_and_not_repeated_at_once(
        bool onlyIfUnpaid,
        string called
    )
    {
        SharedLimit limit = new() { Answer = static asked => Task.FromResult(asked == 1) };
        await using var service = await limit.StartAsync();
        service.Provider.Otherwise = onlyIfUnpaid ? Answers.Order(0) : Answers.HtmlPage;

        var outcome = await service.CancelAsync(onlyIfUnpaid);

        Assert.Equal((OutcomeKind.Throttled, 1), (outcome.Kind, outcome.Attempts));
        Assert.Equal([called], service.Provider.Operations);
    }

    [Fact]
    public async Task Cannot_open_the_circuit_by_waiting_for_permits()
    {
        SharedLimit limit = new() { Answer = static _ => Task.FromResult(false) };
        await using var service = await limit.StartAsync(
            NoRetries,
            ("Onramp__CircuitMinimumCalls", "2"),
            ("Onramp__CircuitFailureRatio", "0.01"),
            ("Onramp__CircuitSamplingWindow", "00:10:00")
        );
        using var meters = new Meters(service);
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(OutcomeKind.Throttled, (await service.CancelAsync()).Kind);
        }

        Assert.Equal(0, meters.Now(ServiceInstrument.CircuitState));
    }

    [Fact]
    public async Task An_open_circuit_takes_no_permits_and_lets_nobody_wait()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync(NoRetries, ("Onramp__CircuitMinimumCalls", "2"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.CancelAsync();
        limit.Answer = static _ => Task.FromResult(false);
        var (asked, waits) = (limit.Asked, service.Time.Delays.Count);

        var outcome = await service.CancelAsync();

        Assert.Equal(OutcomeKind.Unavailable, outcome.Kind);
        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
        Assert.Equal((asked, waits), (limit.Asked, service.Time.Delays.Count));
    }

    [Fact]
    public async Task A_cancelled_wait_is_not_an_outcome()
    {
        using CancellationTokenSource stop = new();
        SharedLimit limit = new();
        limit.Answer = async _ =>
        {
            await stop.CancelAsync();
            return false;
        };
        await using var service = await limit.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.CancelAsync(token: stop.Token));
        Assert.Empty(service.Provider.Calls);
    }

    /// <summary>A backlog of messages fills its own line; of every two permits one is for callers.</summary>
    [Fact]
    public async Task Callers_do_not_wait_for_a_backlog_of_messages()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        TaskCompletionSource<bool> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<bool> second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        limit.Answer = asked => asked == 1 ? first.Task : second.Task;
        var messages = Enumerable
            .Range(0, 16)
            .Select(number => service.HandleAsync(Body, messageId: $"message-{number}"))
            .ToList();
        Assert.True(SpinWait.SpinUntil(() => limit.Asked == 1, TimeSpan.FromSeconds(20)));

        var caller = service.CancelAsync();

        Assert.True(SpinWait.SpinUntil(() => limit.Asked == 2, TimeSpan.FromSeconds(20)));
        second.SetResult(true);
        Assert.Equal(OutcomeKind.Cancelled, (await caller).Kind);
        Assert.DoesNotContain(messages, static message => message.IsCompleted);
        first.SetResult(true);
        await Task.WhenAll(messages);
        Assert.Equal(17, limit.Asked);
    }

    /// <summary>Only the first of a line asks, so a long line does not load the shared limiter.</summary>
    [Fact]
    public async Task Calls_of_one_line_ask_one_after_another()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var (now, most) = (0, 0);
        limit.Answer = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return true;
        };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => service.CancelAsync()));
        Assert.Equal((1, 50), (most, limit.Asked));
    }

    /// <summary>Rates, and the calls that are made one after another.</summary>
    public static TheoryData<double, int> Rates =>
        new()
        {
            { 0.1, 3 },
            { 0.7, 5 },
            { 1, 10 },
            { 3, 20 },
            { 12.5, 50 },
            { 50, 100 },
            { 333, 300 },
            { 499, 300 },
            { 1000, 500 },
            { 10_000, 1000 },
        };

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task A_process_on_its_own_keeps_the_rate(double perSecond, int calls)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__CallsPerSecond", perSecond.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );
        service.Provider.Otherwise = Answers.Cancelled;
        var started = service.Time.GetTimestamp();

        for (var call = 0; call < calls; call++)
        {
            Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        }

        // At most 1 + (time + 20 ms) × rate, and a wait is at most 1 ms longer than needed.
        var took = service.Time.GetElapsedTime(started).TotalSeconds;
        Assert.InRange(took, ((calls - 1) / perSecond) - 0.021, (calls / perSecond) + (0.001 * calls));
        Assert.True(perSecond >= 1000 || took <= (calls / perSecond) * 1.1 + 0.01);
    }

    [Fact]
    public async Task A_process_lets_no_burst_through_after_a_pause()
    {
        await using var service = await Service.StartAsync(("Onramp__CallsPerSecond", "10"));
        service.Provider.Otherwise = Answers.Cancelled;
        await service.CancelAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        var started = service.Time.GetTimestamp();
        for (var call = 0; call < 21; call++)
        {
            await service.CancelAsync();
        }

        Assert.InRange(service.Time.GetElapsedTime(started).TotalSeconds, 1.979, 2.1);
    }

    [Fact]
    public async Task While_the_shared_limit_fails_an_instance_keeps_to_its_share_and_warns_once_in_ten_minutes()
    {
        SharedLimit limit = new()
        {
            Answer = static _ => throw new InvalidOperationException("It was not possible to connect."),
        };
        await using var service = await limit.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var started = service.Time.GetTimestamp();

        for (var call = 0; call < 500; call++)
        {
            Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        }

        // One call a second, and the shared limit is asked every five seconds.
        var seconds = service.Time.GetElapsedTime(started).TotalSeconds;
        Assert.InRange(seconds, 499 - 0.021, 501.1);
        Assert.InRange(limit.Asked, 80, 101);
        Assert.Equal(
            "The shared limit of calls to Onramp does not answer. This instance keeps to its share, 1 a second: "
                + "InvalidOperationException, It was not possible to connect. ",
            Assert.Single(service.Log.Lines, static line => line.Level == LogLevel.Warning).Text
        );

        for (var call = 0; call < 200; call++)
        {
            await service.CancelAsync();
        }

        Assert.Equal(2, service.Log.Lines.Count(static line => line.Id == 221));
    }

    [Fact]
    public async Task A_shared_limit_that_never_answers_delays_one_call_in_five_seconds_by_half_a_second()
    {
        SharedLimit limit = new() { Answer = static _ => new TaskCompletionSource<bool>().Task };
        await using var service = await limit.StartAsync(("Onramp__MaxInstances", "1"));
        service.Provider.Otherwise = Answers.Cancelled;

        var first = service.CancelAsync();
        Assert.True(SpinWait.SpinUntil(() => limit.Asked == 1, TimeSpan.FromSeconds(20)));
        Assert.False(first.IsCompleted);
        service.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(OutcomeKind.Cancelled, (await first).Kind);

        for (var call = 0; call < 40; call++)
        {
            await service.CancelAsync();
        }

        Assert.Equal(1, limit.Asked);
    }

    /// <summary>
    /// Other instances may still be using their shares for five seconds, so an instance that is back keeps to its own
    /// share too.
    /// </summary>
    [Fact]
    public async Task An_instance_returns_to_the_shared_limit_when_that_answers_and_keeps_to_both_for_five_seconds()
    {
        SharedLimit limit = new();
        await using var service = await StartAndReturnAsync(limit);
        Assert.Equal(1, limit.Granted);
        Assert.Contains(service.Log.Lines, static line => line.Id == 222);

        var started = service.Time.GetTimestamp();
        for (var call = 0; call < 5; call++)
        {
            await service.CancelAsync();
        }

        Assert.InRange(service.Time.GetElapsedTime(started).TotalSeconds, 3.9, 5);
        service.Time.Advance(TimeSpan.FromSeconds(1.2));
        var waits = service.Time.Delays.Count;
        for (var call = 0; call < 50; call++)
        {
            await service.CancelAsync();
        }

        Assert.Equal((waits, 56), (service.Time.Delays.Count, limit.Granted));
    }

    /// <summary>A permit of the share that was not used is there for the next question.</summary>
    [Fact]
    public async Task A_refusal_of_the_shared_limit_takes_nothing_from_the_share_of_an_instance_that_keeps_to_both()
    {
        SharedLimit limit = new();
        await using var service = await StartAndReturnAsync(limit);
        service.Time.Advance(TimeSpan.FromSeconds(2));

        var (asked, started) = (limit.Asked, service.Time.GetTimestamp());
        limit.Answer = question => Task.FromResult(question > asked + 2);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);

        Assert.Equal(asked + 3, limit.Asked);
        Assert.InRange(service.Time.GetElapsedTime(started).TotalSeconds, 0.1, 0.3);
    }

    [Fact]
    public async Task Health_names_the_limit_in_force()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal("shared", await HealthAsync(service));
        limit.Answer = static _ => throw new TimeoutException();
        await service.CancelAsync();
        Assert.Equal("share", await HealthAsync(service));

        await using var alone = await Service.StartAsync(("Onramp__CallsPerSecond", "10"));
        Assert.Equal("process", await HealthAsync(alone));
    }

    private static async Task<string?> HealthAsync(Service service) =>
        (
            await service.SendAsync(
                new()
                {
                    Method = "GET",
                    Path = "/api/health",
                    ContentType = null,
                }
            )
        ).Text("callLimit");

    [Fact]
    public async Task The_setting_of_a_Redis_has_no_effect_without_a_limiter_and_a_warning_says_so()
    {
        await using var service = await Service.StartAsync(
            ("Onramp__SharedLimit__Redis", "redis.example:6379,password=secret-words"),
            ("Onramp__CallsPerSecond", "10"),
            ("Onramp__MaxInstances", "2")
        );
        service.Get<OrderCanceller>();
        Assert.Equal(
            "Onramp__SharedLimit__Redis has no effect in this program, which limits only its own calls ",
            Assert.Single(service.Log.Lines, static line => line.Level == LogLevel.Warning).Text
        );
    }

    [Fact]
    public async Task Waiting_calls_are_reported_as_waiting_and_not_as_in_use()
    {
        SharedLimit limit = new();
        await using var service = await limit.StartAsync();
        using var meters = new Meters(service);
        TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        limit.Answer = _ => answer.Task;
        service.Provider.OnCancel(Answers.Cancelled);
        var call = service.CancelAsync();
        Assert.True(SpinWait.SpinUntil(() => limit.Asked == 1, TimeSpan.FromSeconds(20)));
        Assert.Equal(
            (0, 1),
            (meters.Now(ServiceInstrument.PermitsInUse), meters.Now(ServiceInstrument.PermitsWaiting))
        );
        answer.SetResult(true);
        await call;
        Assert.Equal(
            (0, 0),
            (meters.Now(ServiceInstrument.PermitsInUse), meters.Now(ServiceInstrument.PermitsWaiting))
        );
    }

    [Theory]
    [InlineData("shared -", true)]
    [InlineData("shared throttled", false)]
    public async Task A_wait_is_measured_by_the_limit_and_by_whether_the_call_got_a_permit(
        string expected,
        bool granted
    )
    {
        SharedLimit limit = new() { Answer = _ => Task.FromResult(granted) };
        await using var service = await limit.StartAsync();
        using var meters = new Meters(service);
        service.Provider.Otherwise = Answers.Cancelled;
        await service.CancelAsync();
        Assert.Equal(expected, Assert.Single(meters[ServiceInstrument.PermitWait]).Of("limit", "error.type"));
    }

    [Fact]
    public async Task The_span_of_a_call_has_its_wait()
    {
        using Spans spans = new();
        SharedLimit limit = new() { Answer = static asked => Task.FromResult(asked > 1) };
        await using var service = await limit.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var (trace, parent) = Spans.NewTrace();
        await service.PostAsync(Body, request => request with { TraceParent = parent });
        var call = Assert.Single(spans.Of(trace), static span => span.Kind == ActivityKind.Client);
        Assert.Equal(
            Assert.Single(service.Time.Delays).TotalSeconds,
            Assert.IsType<double>(call.GetTagItem("onramp.permit.wait")),
            0.001
        );
    }

    /// <summary>Starts a service without the shared limit, and makes one call after the limit is back.</summary>
    private static async Task<Service> StartAndReturnAsync(SharedLimit limit)
    {
        limit.Answer = static _ => throw new TimeoutException();
        var service = await limit.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.CancelAsync();
        limit.Answer = static _ => Task.FromResult(true);
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.CancelAsync();
        return service;
    }
}
