namespace Onramp.Cancellation.Tests;

/// <summary>The provider's clock cannot permanently distort ours, and errors of both clocks are corrected.</summary>
public sealed class ProviderClockTests
{
    private const long VectorTime = 1700000000000;
    private const long Hour = 3_600_000;

    [Theory]
    [InlineData("""{"status":0,"code":500,"data":1}""")]
    [InlineData("""{"status":0,"code":200,"data":1699999910000}""")]
    [InlineData("""{"code":200,"data":1699999910000}""")]
    [InlineData("""{"status":1,"code":200,"data":1}""")]
    [InlineData("""{"status":1,"code":200,"data":1699999910}""")]
    [InlineData("""{"status":1,"code":200,"data":1699999910000000}""")]
    [InlineData("""{"status":1,"code":200,"data":9223372036854775807}""")]
    [InlineData("""{"status":1,"code":200,"data":1e300}""")]
    [InlineData("""{"status":1,"code":200,"data":-1699999910000}""")]
    [InlineData("""{"status":1,"code":200,"data":1699999910000.5}""")]
    [InlineData("""{"status":1,"code":200,"data":{"now":1699999910000}}""")]
    [InlineData("""{"status":1,"code":200,"data":"soon"}""")]
    [InlineData("""{"status":1,"code":200}""")]
    [InlineData("<html>")]
    public async Task An_implausible_clock_is_ignored(string answer)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.AheadOfTime, Answers.Cancelled).OnGet(Answers.AheadOfTime);
        service.Provider.OnClock(Answers.Json(200, answer), Answers.Json(200, answer));
        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);
        await service.CancelAsync();
        Assert.All(service.Provider.Calls.Where(IsSigned), call => Assert.Equal(VectorTime, Timestamp(call)));
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("1699999910000")]
    [InlineData("1699999910000.0")]
    [InlineData("1.69999991e12")]
    [InlineData("\"1699999910000\"")]
    public async Task A_time_is_a_number_however_it_is_written(string time)
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.Cancelled)
            .OnClock(Answers.Json(200, $$"""{"status":1,"code":200,"data":{{time}}}"""));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(1699999910000, Timestamp(service.Provider.Calls[^1]));
    }

    [Theory]
    [InlineData(401, "Ahead of Time")]
    [InlineData(400, "Ahead of Time")]
    [InlineData(200, "ahead of time")]
    [InlineData(401, "Timestamp expired")] // [JKorf/Binance.Net#82]
    [InlineData(403, "Timestamp for this request is outside of the recvWindow")] // [ccxt/ccxt#850]
    [InlineData(401, "Request has expired")]
    public async Task A_refused_timestamp_is_corrected_by_the_providers_clock_in_either_direction(
        int http,
        string words
    )
    {
        foreach (var offset in (long[])[-Hour, Hour])
        {
            await using var service = await Service.StartAsync();
            service
                .Provider.OnCancel(Answers.Error(http, words), Answers.Cancelled)
                .OnClock(Answers.ServerTime(VectorTime + offset));
            Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
            Assert.Equal([VectorTime, VectorTime + offset], service.Provider.Calls.Where(IsSigned).Select(Timestamp));
            service.Provider.AssertScriptPlayed();
        }
    }

    [Fact]
    public async Task A_read_continues_by_the_monotonic_clock()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.Cancelled, Answers.Cancelled)
            .OnClock(Answers.ServerTime(VectorTime - Hour));
        await service.CancelAsync();
        service.Time.Advance(TimeSpan.FromMinutes(10));
        await service.CancelAsync();
        Assert.Equal(VectorTime - Hour + 600_000, Timestamp(service.Provider.Calls[^1]));
    }

    [Fact]
    public async Task A_reading_is_forgotten_when_our_own_clock_has_been_set()
    {
        await using var service = await Service.StartAsync();
        service.Time.SetWallClock(TimeSpan.FromHours(1));
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.Cancelled, Answers.Cancelled)
            .OnClock(Answers.ServerTime(VectorTime - 30_000));
        await service.CancelAsync();
        service.Time.SetWallClock(TimeSpan.FromHours(-1));
        await service.CancelAsync();
        Assert.Equal(
            [VectorTime + Hour, VectorTime - 30_000, VectorTime],
            service.Provider.Calls.Where(IsSigned).Select(Timestamp)
        );
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task A_reading_that_is_refused_is_made_again()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(
            Answers.AheadOfTime,
            Answers.Cancelled,
            Answers.Error(401, "Timestamp expired"),
            Answers.Cancelled
        );
        service.Provider.OnClock(Answers.ServerTime(VectorTime - Hour), Answers.ServerTime(VectorTime));
        await service.CancelAsync();
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(
            [VectorTime, VectorTime - Hour, VectorTime - Hour, VectorTime],
            service.Provider.Calls.Where(IsSigned).Select(Timestamp)
        );
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task Requests_that_are_refused_together_read_the_clock_once()
    {
        await using var service = await Service.StartAsync();
        var (refused, arrived) = (0, new TaskCompletionSource());
        service.Provider.Otherwise = (call, time, token) =>
        {
            if (call.Operation == "currentTimestamp")
            {
                return Answers.ServerTime(VectorTime - Hour)(call, time, token);
            }

            if (Timestamp(call) != VectorTime)
            {
                return Answers.Cancelled(call, time, token);
            }

            // All ten are signed before the first one is refused.
            if (Interlocked.Increment(ref refused) == 10)
            {
                arrived.SetResult();
            }

            arrived.Task.Wait(token);
            return Answers.AheadOfTime(call, time, token);
        };
        ThreadPool.SetMinThreads(32, 32);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => service.CancelAsync())));
        Assert.All(outcomes, outcome => Assert.Equal(OutcomeKind.Cancelled, outcome.Kind));
        Assert.Single(service.Provider.Operations, "currentTimestamp");
    }

    private static bool IsSigned(ReceivedCall call) => call.Operation != "currentTimestamp";

    private static long Timestamp(ReceivedCall call) =>
        Service.Json(Convert.FromBase64String(call.Headers["X-ONRAMP-PAYLOAD"])).GetProperty("timestamp").GetInt64();
}
