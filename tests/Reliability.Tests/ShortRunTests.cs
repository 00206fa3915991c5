namespace Reliability.Tests;

/// <summary>A short run with everything going wrong; the long one is a command of its own.</summary>
public sealed class ShortRunTests
{
    [Fact]
    public async Task Every_promise_is_kept_while_everything_goes_wrong()
    {
        var run = new ReliabilityRun(new RunOptions(Seed: 1, Requests: 600, Callers: 32), TimeProvider.System);
        var result = await run.RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(result.Violations.Select(violation => $"{violation.Promise}\n{string.Join('\n', violation.Story)}"));
        Assert.True(result.Injected.Count > 25, "Hardly anything went wrong: " + string.Join(", ", result.Injected.Keys));
        Assert.Contains(result.Records, record => record.DeadLetters.Any(dead => dead.Reason == "DeliveriesExhausted"));
    }
}
