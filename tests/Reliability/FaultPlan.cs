using System.Collections.Frozen;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>What goes wrong, and how often.</summary>
internal static class FaultPlan
{
    public static FaultSettings Of(int seed) => new()
    {
        Seed = seed,
        SlowFor = TimeSpan.FromMilliseconds(60),
        RetryAfterSeconds = 1,

        // The provider's clock is behind ours: the first request of all is refused as ahead of time.
        ClockOffset = TimeSpan.FromSeconds(-30),
        Rates = new Dictionary<FaultKind, double>
        {
            [FaultKind.Slow] = 0.03,
            [FaultKind.Hang] = 0.004,
            [FaultKind.Reset] = 0.02,
            [FaultKind.AnswerLost] = 0.04,
            [FaultKind.Http429] = 0.01,
            [FaultKind.Http429RetryAfter] = 0.002,
            [FaultKind.Http500] = 0.02,
            [FaultKind.Http503] = 0.02,
            [FaultKind.Html502] = 0.02,
            [FaultKind.CutJson] = 0.02,
            [FaultKind.EmptyBody] = 0.01,
            [FaultKind.DataString] = 0.02,
            [FaultKind.Http417] = 0.01,
            [FaultKind.RefusedSignature] = 0.002,
            [FaultKind.Redelivery] = 0.05,
            [FaultKind.LockLost] = 0.03,
            [FaultKind.PublishRefused] = 0.03,
            [FaultKind.PublishAnswerLost] = 0.03,
            [FaultKind.ScheduleRefused] = 0.05,
            [FaultKind.ScheduleAnswerLost] = 0.05,
            [FaultKind.VaultDown] = 0.2,
            [FaultKind.VaultSlow] = 0.2,
        }.ToFrozenDictionary(),
    };

    /// <summary>A refusal of an order is the provider's decision and stays: enough of them for every try that a request can have.</summary>
    public static IEnumerable<PlannedFault> Refusals(int number)
    {
        FaultKind[] kinds = [FaultKind.Http400, FaultKind.Http406, FaultKind.Http409, FaultKind.Http413, FaultKind.Http416, FaultKind.Http428, FaultKind.StatusZero];
        return Enumerable.Repeat(new PlannedFault(kinds[number % kinds.Length], ProviderOperation.Cancel), 300);
    }

    /// <summary>Time budgets short enough for thousands of failures a minute.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Onramp__CallTimeout"] = "00:00:00.5",
        ["Onramp__TotalBudget"] = "00:00:04",
        ["Onramp__RetryBaseDelay"] = "00:00:00.010",
        ["Onramp__MaxConcurrentCalls"] = "200",
        ["Onramp__CircuitSamplingWindow"] = "00:00:01",
        ["Onramp__CircuitBreakDuration"] = "00:00:00.5",
        ["Outcomes__PublishTimeout"] = "00:00:01",
        ["KeyVault__ReloadCooldown"] = "00:00:00.1",
        ["Queue__RetryDelays__0"] = "00:00:00.05",
        ["Queue__RetryDelays__1"] = "00:00:00.1",
        ["Queue__RetryDelays__2"] = "00:00:00.2",
        ["Queue__RetryDelays__3"] = "00:00:00.4",
        ["Queue__RetryDelays__4"] = "00:00:01",
        ["Timeouts__MinDelay"] = "00:00:00",
        ["LocalHost__Receivers"] = "32",
        ["LocalHost__MaxDeliveryCount"] = "20",
        ["LocalHost__DuplicateWindow"] = "01:00:00",
    };
}
