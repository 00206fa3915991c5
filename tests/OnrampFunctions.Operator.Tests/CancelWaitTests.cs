using System.Collections.Frozen;
using OnrampFunctions.LocalHost.Faults;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Waiting for the outcome of a cancel, and the recorded outcomes of an order.</summary>
public sealed class CancelWaitTests
{
    private static readonly string[] Real = ["--queue", "cancel-requests", "--yes", "--wait"];

    [Theory]
    [InlineData("1443", 0, "cancelled", null)]
    [InlineData("hash:9f86d081884c7d65", 0, "cancelled", null)]
    [InlineData("1444", 1, "not_cancellable", null)]
    [InlineData("999", 1, "not_found", null)]
    [InlineData("1443 503", 1, "failed", "unavailable")]
    public async Task Waits_for_the_outcome(string line, int exitCode, string outcome, string? reason)
    {
        await using var duty = await OperatorSession.StartAsync(
            ("Queue__RetryDelays__0", "00:00:00.01"),
            ("Queue__GiveUpAfter", "00:00:00.01"),
            ("Onramp__MaxRetries", "0")
        );
        duty.IsRealTime = true;
        var order = line.Split(' ')[0];
        if (line != order)
        {
            duty.Host.Faults.Settings = new FaultSettings
            {
                Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
            };
        }

        var run = await duty.RunAsync(["cancel", order, .. Real, "--json"]);

        Assert.True(run.ExitCode == exitCode, run.Error);
        Assert.Equal(
            (outcome, reason, true),
            (
                (string?)run.Json["outcome"]!["outcome"],
                (string?)run.Json["outcome"]!["reasonCode"],
                (bool)run.Json["queued"]!
            )
        );
        Assert.Contains($"Outcome: {outcome}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_an_outcome_is_not_known_in_time()
    {
        await using var duty = await OperatorSession.StartAsync();

        // Nothing receives from this queue.
        var run = await duty.RunAsync("cancel", "1443", "--yes", "--wait", "--wait-for", "90s", "--json");

        Assert.Equal((4, (bool?)true), (run.ExitCode, (bool?)run.Json["queued"]));
        Assert.Null(run.Json["outcome"]);
        Assert.Contains(
            "No outcome within 1 min. The request stays on the queue; to see its outcome later, run: "
                + "onramp-cancel outcomes --order 1443",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Single(await duty.LookAsync());
        Assert.Contains(TimeSpan.FromSeconds(3), duty.Clock.Delays);
    }

    [Fact]
    public async Task Sends_nothing_if_the_tables_cannot_be_read()
    {
        await using var duty = await OperatorSession.StartAsync();

        var run = await duty.RunAsync("cancel", "1443", "--yes", "--wait", "--tables", "http://127.0.0.1:1");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "127.0.0.1 cannot be reached (the connection was refused).",
            run.Sentence,
            StringComparison.Ordinal
        );
        Assert.Empty(await duty.LookAsync());
    }

    /// <summary>A repeat under the id of a request that failed has to end with an outcome of its own.</summary>
    [Fact]
    public async Task Does_not_mistake_an_earlier_failure_for_the_outcome()
    {
        await using var duty = await OperatorSession.StartAsync(
            ("Queue__RetryDelays__0", "00:00:00.01"),
            ("Queue__GiveUpAfter", "00:00:00.01"),
            ("Onramp__MaxRetries", "0")
        );
        duty.IsRealTime = true;
        duty.Host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
        };
        await duty.RunAsync(["cancel", "1443", "--request-id", "call-17", .. Real]);
        duty.IsRealTime = false;

        // Nothing receives from this queue.
        var run = await duty.RunAsync("cancel", "1443", "--request-id", "call-17", "--yes", "--wait");

        Assert.True(run.ExitCode == 1, run.Error);
        Assert.Contains("Outcome: failed (unavailable)", run.Error, StringComparison.Ordinal);
        Assert.InRange(
            TimeSpan.FromTicks(duty.Clock.Delays.Sum(static delay => delay.Ticks)),
            TimeSpan.FromSeconds(110),
            TimeSpan.FromSeconds(130)
        );
    }

    [Fact]
    public async Task Shows_the_recorded_outcomes_of_an_order_newest_first()
    {
        await using var duty = await OperatorSession.StartAsync();
        duty.IsRealTime = true;
        foreach (var id in (string[])["first", "second", "third"])
        {
            await duty.RunAsync(["cancel", "1444", "--request-id", id, .. Real]);
        }

        await duty.RunAsync(["cancel", "hash:9f86d081884c7d65", "--request-id", "by-hash", .. Real]);

        Assert.Equal("third second true", await HistoryAsync(duty, "1444", "--top", "2"));
        Assert.Equal("third second first false", await HistoryAsync(duty, "1444", "--top", "3"));
        Assert.Equal("third second first false", await HistoryAsync(duty, "1444"));
        Assert.Equal("by-hash false", await HistoryAsync(duty, "hash:9f86d081884c7d65"));
        Assert.Equal("by-hash false", await HistoryAsync(duty, "1448"));
        var text = await duty.RunAsync("outcomes", "history", "--order", "1444", "--top", "1");
        Assert.Matches("not_cancellable queue +- +1 +third", text.Out);
        Assert.Equal("There are older outcomes: use a higher --top.", text.Error.TrimEnd());
    }

    private static async Task<string> HistoryAsync(OperatorSession duty, string order, params string[] options)
    {
        var run = await duty.RunAsync(["outcomes", "--order", order, "--json", .. options]);
        Assert.Equal(0, run.ExitCode);
        return string.Join(
            ' ',
            [
                .. run.Json["outcomes"]!.AsArray().Select(static outcome => (string)outcome!["requestId"]!),
                $"{run.Json["isMore"]}",
            ]
        );
    }
}
