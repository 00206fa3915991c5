namespace Reliability.Tests;

/// <summary>A short run with several worker processes. The long run is a separate command.</summary>
public sealed class WorkersTests
{
    // Much longer than usual, so that a hanging run fails instead of blocking all tests.
    [Fact(Timeout = 180_000)]
    public async Task Two_workers_keep_every_promise_while_they_are_killed()
    {
        RunOptions options = new(Seed: 2, Requests: 120, Callers: 16)
        {
            Workers = 2,
            CallsPerSecond = 300,
            IsBrief = true,
        };
        var missing = ReliabilityRun.MissingPart(options);
        Assert.SkipWhen(missing is not null, missing ?? "");

        var result = await new ReliabilityRun(options, TimeProvider.System).RunAsync(
            TestContext.Current.CancellationToken
        );

        Assert.True(
            result.Violations.Count == 0,
            string.Join(
                '\n',
                result.Violations.Select(violation => $"{violation.Promise}\n{string.Join('\n', violation.Story)}")
            )
        );
        Assert.InRange(result.Kills, 1, int.MaxValue);
        Assert.Contains("all: tables hang", result.Injected.Keys);
        Assert.Contains("all: Redis restarted", result.Injected.Keys);
    }
}
