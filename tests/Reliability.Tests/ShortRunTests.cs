namespace Reliability.Tests;

/// <summary>A short run with all kinds of faults. The long run is a separate command.</summary>
public sealed class ShortRunTests
{
    // Ten times the usual duration, so that a hanging run fails instead of blocking all tests.
    [Fact(Timeout = 180_000)]
    public async Task Every_promise_is_kept_while_everything_goes_wrong()
    {
        var run = new ReliabilityRun(new RunOptions(Seed: 1, Requests: 600, Callers: 32), TimeProvider.System);
        var result = await run.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(
            result.Violations.Count == 0,
            string.Join(
                '\n',
                result.Violations.Select(violation => $"{violation.Promise}\n{string.Join('\n', violation.Story)}")
            )
        );
        Assert.True(
            result.Injected.Count > 50,
            "Hardly anything went wrong: " + string.Join(", ", result.Injected.Keys)
        );
        Assert.Equal(13, result.Injected.Keys.Count(name => name.StartsWith("all:", StringComparison.Ordinal)));
        Assert.Contains(result.Records, record => record.DeadLetters.Any(dead => dead.Reason == "DeliveriesExhausted"));
        Assert.Contains(result.Records, record => !record.Request.IsAlone);
        Assert.Contains(
            result.Records,
            record => record.Request.IsPutBack && record.Events.Any(sent => sent.Outcome != "failed")
        );
        Assert.Empty(ServiceInstrument.All.Select(static instrument => instrument.Name).Except(result.Exported.Keys));
        Assert.Empty(
            (
                (string[])
                    [
                        "POST /api/orders/cancel",
                        "POST /onramp-merchants/widget/cancelOrder",
                        "process cancel-requests",
                        "send cancel-requests",
                        "send cancel-results",
                        "log records",
                    ]
            ).Except(result.Exported.Keys)
        );
        Assert.True(
            result.Searched is { Texts: > 5000, Secrets: > 1000 },
            $"Hardly anything was searched: {result.Searched}"
        );
    }
}
