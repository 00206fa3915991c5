namespace Reliability.Tests;

/// <summary>A short run with everything going wrong; the long one is a command of its own.</summary>
public sealed class ShortRunTests
{
    [Fact]
    public async Task Every_promise_is_kept_while_everything_goes_wrong()
    {
        var run = new ReliabilityRun(new RunOptions(Seed: 1, Requests: 600, Callers: 32), TimeProvider.System);
        var result = await run.RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(result.Violations.Select(violation => $"{violation.Promise}: {violation.Record}"));
        Assert.True(result.Injected.Count > 15, "Hardly anything went wrong: " + string.Join(", ", result.Injected.Keys));
    }

    [Theory]
    [InlineData("cancelled", 0, Invariants.Untrue)]
    [InlineData("not_cancellable", -3, Invariants.Untrue)]
    [InlineData("not_found", 0, Invariants.Untrue)]
    [InlineData("rejected", -3, Invariants.Untrue)]
    [InlineData("nonsense", 0, Invariants.Untrue)]
    public void An_outcome_that_contradicts_the_order_is_noticed(string outcome, int finalStatus, string promise)
    {
        var record = new Record(new PlannedRequest(1, Way.Message, 0, OnlyIfUnpaid: false)) { FinalStatus = finalStatus };
        record.Events.Enqueue(new ReceivedEvent("e", outcome, finalStatus));
        Assert.Contains(Invariants.Check(record), violation => violation.Promise == promise);
    }

    [Fact]
    public void A_request_without_any_end_is_noticed()
    {
        var record = new Record(new PlannedRequest(1, Way.Message, 0, OnlyIfUnpaid: false));
        Assert.Equal(Invariants.Lost, Assert.Single(Invariants.Check(record)).Promise);
    }

    [Fact]
    public void A_doubled_event_a_silent_end_and_an_unasked_cancel_are_noticed()
    {
        var record = new Record(new PlannedRequest(1, Way.Message, 1, OnlyIfUnpaid: true)) { FinalStatus = -3, CancelCalls = 1 };
        record.Events.Enqueue(new ReceivedEvent("e", "cancelled", -3));
        record.Events.Enqueue(new ReceivedEvent("f", "cancelled", -3));
        record.DeadLetters.Enqueue(new DeadLetter("AttemptsExhausted", ""));
        Assert.Equal([Invariants.Doubled, Invariants.Silent, Invariants.Unasked], Invariants.Check(record).Select(violation => violation.Promise));
    }
}
