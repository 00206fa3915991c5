using System.Collections.Frozen;

namespace Reliability;

/// <summary>The injected faults and their rates.</summary>
internal static class FaultPlan
{
    // Far more than the attempts of any request.
    private const int ForEver = 400;

    private static readonly FaultKind[] RefusalKinds =
    [
        FaultKind.Http400,
        FaultKind.Http406,
        FaultKind.Http409,
        FaultKind.Http413,
        FaultKind.Http416,
        FaultKind.Http428,
        FaultKind.StatusZero,
    ];

    private static readonly Dictionary<FaultKind, double> Provider = new()
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
        [FaultKind.Forbidden] = 0.001,
        [FaultKind.AheadOfTime] = 0.002,
        [FaultKind.Html403] = 0.005,
        [FaultKind.Html417] = 0.01,
        [FaultKind.OddWords] = 0.03,
        [FaultKind.Http400Words] = 0.01,
        [FaultKind.Quote] = 0.02,
        [FaultKind.Gzip] = 0.03,
        [FaultKind.ByteOrderMark] = 0.02,
        [FaultKind.DecimalNumbers] = 0.02,
        [FaultKind.OddState] = 0.01,
    };

    private static readonly Dictionary<FaultKind, double> BrokerAndVault = new()
    {
        [FaultKind.Redelivery] = 0.05,
        [FaultKind.LockLost] = 0.03,
        [FaultKind.PublishRefused] = 0.03,
        [FaultKind.PublishAnswerLost] = 0.03,
        [FaultKind.ScheduleRefused] = 0.05,
        [FaultKind.ScheduleAnswerLost] = 0.05,
        [FaultKind.ConnectionDropped] = 0.0005,
        [FaultKind.LinkDetached] = 0.002,
        [FaultKind.TablesRefused] = 0.02,
        [FaultKind.TablesHang] = 0.002,
        [FaultKind.TablesConflict] = 0.03,
        [FaultKind.TablesAnswerLost] = 0.03,
        [FaultKind.TablesSlow] = 0.02,
        [FaultKind.VaultDown] = 0.2,
        [FaultKind.VaultSlow] = 0.2,
        [FaultKind.VaultNonsense] = 0.1,
    };

    private static readonly FrozenDictionary<FaultKind, double> Everything = Provider
        .Concat(BrokerAndVault)
        .ToFrozenDictionary();

    private static readonly FrozenDictionary<FaultKind, double> ProviderGone = BrokerAndVault
        .Concat([new(FaultKind.Http503, 0.7), new(FaultKind.Reset, 0.3)])
        .ToFrozenDictionary();

    private static readonly FrozenDictionary<FaultKind, double> ConnectionsBreak = Everything
        .Where(static rate => rate.Key is not (FaultKind.ConnectionDropped or FaultKind.LinkDetached))
        .Concat([new(FaultKind.ConnectionDropped, 0.05), new(FaultKind.LinkDetached, 0.1)])
        .ToFrozenDictionary();

    private static readonly FrozenDictionary<FaultKind, double> TablesGone = Everything
        .Where(static rate => rate.Key is < FaultKind.TablesRefused or > FaultKind.TablesSlow)
        .Append(new(FaultKind.TablesRefused, 1))
        .ToFrozenDictionary();

    /// <summary>All faults, at low rates.</summary>
    /// <param name="seed">Determines the faults of each call and message.</param>
    /// <param name="providerClock">The offset of the provider's clock from ours. If it is behind, the provider refuses
    /// our timestamps as too early.</param>
    /// <param name="providerIsGone">Whether the provider is unavailable.</param>
    public static FaultSettings Of(int seed, TimeSpan providerClock, bool providerIsGone = false) =>
        new()
        {
            Seed = seed,
            SlowFor = TimeSpan.FromMilliseconds(60),
            RetryAfterSeconds = 1,
            ClockOffset = providerClock,
            Rates = providerIsGone ? ProviderGone : Everything,
        };

    /// <summary>The same, with tables that refuse every operation.</summary>
    public static FaultSettings WithoutTables(FaultSettings usual) => usual with { Rates = TablesGone };

    /// <summary>The same, with frequent disconnections of the broker's clients.</summary>
    public static FaultSettings BreakingConnections(FaultSettings usual) => usual with { Rates = ConnectionsBreak };

    /// <summary>The faults of a single order, which take precedence over the rates.</summary>
    public static IEnumerable<PlannedFault> Of(PlannedRequest request) =>
        request.Fate switch
        {
            Fate.Refused => Repeat(RefusalKinds[request.Number % RefusalKinds.Length], ProviderOperation.Cancel),
            Fate.Doomed => Repeat(
                    request.Number % 2 == 0 ? FaultKind.AnswerLost : FaultKind.Html502,
                    ProviderOperation.Cancel
                )
                .Concat(Repeat(FaultKind.Http500, ProviderOperation.Get)),

            // Often enough in a row for quoted data to reach the log, the caller and the subscribers.
            _ when request.ByHash && request.Number % 5 == 0 => Repeat(FaultKind.Quote, ProviderOperation.Cancel)
                .Take(2)
                .Concat(Repeat(FaultKind.Quote, ProviderOperation.Get).Take(2)),

            // A refusal to read an order says nothing about the order.
            _ when request.Number % 11 == 0 => Repeat(
                    RefusalKinds[request.Number / 11 % RefusalKinds.Length],
                    ProviderOperation.Get
                )
                .Take(2),
            _ => [],
        };

    /// <summary>The deliveries that every message has before it is given up.</summary>
    public static IEnumerable<int> Deliveries { get; } = [1, 2];

    /// <summary>
    /// The settings of service and local host: time budgets that are short enough for thousands of failures per minute.
    /// </summary>
    public static Dictionary<string, string?> Settings(RunOptions options)
    {
        var pair = CredentialPairs.Of(options.Seed, 0);
        return new()
        {
            ["LocalHost__ApiKey"] = pair.ApiKey,
            ["LocalHost__ApiSecret"] = pair.ApiSecret,
            ["Onramp__CallTimeout"] = Seconds(0.5),
            ["Onramp__TotalBudget"] = Seconds(4),
            ["Onramp__RetryBaseDelay"] = "00:00:00.010",
            ["Onramp__MaxConcurrentCalls"] = "60",

            // More than one process ever makes: its limit is in use without delaying anything.
            ["Onramp__CallsPerSecond"] = options.Workers == 0 ? "10000" : "0",
            ["Onramp__MaxQueuedCalls"] = "20",
            ["Onramp__CircuitSamplingWindow"] = "00:00:01",
            ["Onramp__CircuitBreakDuration"] = "00:00:00.5",
            ["Outcomes__PublishTimeout"] = Seconds(1),
            ["Queue__OperationTimeout"] = Seconds(0.5),
            ["Queue__MaxHandlingTime"] = Seconds(4),
            ["KeyVault__ReloadCooldown"] = "00:00:00.1",
            ["Queue__RetryDelays__0"] = Seconds(0.05),
            ["Queue__RetryDelays__1"] = Seconds(0.2),
            ["Queue__RetryDelays__2"] = Seconds(0.4),
            ["Queue__RetryDelays__3"] = Seconds(0.6),

            ["Queue__GiveUpAfter"] = Seconds(GiveUpAfter.TotalSeconds),
            ["Timeouts__MinDelay"] = "00:00:00",
            ["Records__OperationTimeout"] = Seconds(0.5),
            ["LocalHost__Receivers"] = "32",
            ["LocalHost__MaxDeliveryCount"] = "20",

            // Messages in transit on a dropped connection are redelivered after that.
            ["LocalHost__LockDuration"] = "00:00:05",
            ["LocalHost__DuplicateWindow"] = DuplicateWindow.ToString(),

            // Numbers that are neither consecutive nor in the order of time, as in a partitioned queue.
            ["LocalHost__Partitions"] = "4",

            // All of it is read, but only at the end.
            ["LocalHost__KeptMessages"] = "1000000",
            ["LocalHost__ForFunctionsApp"] = options.Workers == 0 ? "false" : "true",
        };

        string Seconds(double seconds) => (TimeSpan.FromSeconds(seconds) * options.Slowness).ToString();
    }

    /// <summary>For how long a message is retried. On a busy machine a few attempts take seconds.</summary>
    public static TimeSpan GiveUpAfter { get; } = TimeSpan.FromSeconds(6);

    /// <summary>The longest time between two deliveries: that of a message that waits for tables or for a row.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(1);

    /// <summary>How long queue and topic remember message ids.</summary>
    public static TimeSpan DuplicateWindow { get; } = TimeSpan.FromHours(1);

    private static IEnumerable<PlannedFault> Repeat(FaultKind kind, ProviderOperation operation) =>
        Enumerable.Repeat(new PlannedFault(kind, operation), ForEver);
}
