using System.Collections.Frozen;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Body of <c>PUT /simulator/faults</c>, and with <see cref="Injected"/> the answer to <c>GET</c>.</summary>
internal sealed record FaultsDocument
{
    public int Seed { get; set; }

    public IReadOnlyDictionary<string, double> Rates { get; set; } = FrozenDictionary<string, double>.Empty;

    public TimeSpan SlowFor { get; set; } = FaultSettings.None.SlowFor;

    public int RetryAfterSeconds { get; set; } = FaultSettings.None.RetryAfterSeconds;

    public TimeSpan ClockOffset { get; set; }

    public string Queue { get; set; } = BrokerStates.NameOf(BrokerState.Ok);

    public string Topic { get; set; } = BrokerStates.NameOf(BrokerState.Ok);

    /// <summary>
    /// How often each kind was injected; ignored in a request, so that a response can be edited and sent back.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Injected { get; set; }

    public static FaultsDocument Of(FaultInjector faults) =>
        new()
        {
            Seed = faults.Settings.Seed,
            Rates = faults.Settings.Rates.ToDictionary(rate => FaultNames.Of(rate.Key), rate => rate.Value),
            SlowFor = faults.Settings.SlowFor,
            RetryAfterSeconds = faults.Settings.RetryAfterSeconds,
            ClockOffset = faults.Settings.ClockOffset,
            Queue = BrokerStates.NameOf(faults.Settings.Queue),
            Topic = BrokerStates.NameOf(faults.Settings.Topic),
            Injected = faults.Injected,
        };

    /// <summary>What is wrong with the document; null when it is valid.</summary>
    public string? FindFault()
    {
        if (Rates.Keys.FirstOrDefault(name => FaultNames.Parse(name) == FaultKind.None) is { } unknown)
        {
            return $"{unknown} is not a fault. Known faults: {FaultNames.List}.";
        }

        if (Rates.Values.Any(rate => rate is not (>= 0 and <= 1)))
        {
            return "A rate must be a probability between 0 and 1.";
        }

        if (Rates.Where(rate => FaultNames.Parse(rate.Key).IsOfProvider()).Sum(rate => rate.Value) > 1 + 1e-9)
        {
            return "The provider has at most one fault per call: the sum of its rates must not exceed 1.";
        }

        if (BrokerStates.Parse(Queue) is null || BrokerStates.Parse(Topic) is null)
        {
            return $"queue and topic must each be one of {BrokerStates.List}.";
        }

        return
            SlowFor < TimeSpan.Zero
            || SlowFor > TimeSpan.FromHours(1)
            || RetryAfterSeconds is < 0 or > 3600
            || ClockOffset < -TimeSpan.FromDays(1)
            || ClockOffset > TimeSpan.FromDays(1)
            ? "slowFor must be at most an hour, retryAfterSeconds 0 to 3600, clockOffset at most a day either way."
            : null;
    }

    public FaultSettings ToSettings() =>
        new()
        {
            Seed = Seed,
            Rates = Rates
                .Where(rate => rate.Value > 0)
                .ToFrozenDictionary(rate => FaultNames.Parse(rate.Key), rate => rate.Value),
            SlowFor = SlowFor,
            RetryAfterSeconds = RetryAfterSeconds,
            ClockOffset = ClockOffset,
            Queue = BrokerStates.Parse(Queue)!.Value,
            Topic = BrokerStates.Parse(Topic)!.Value,
        };
}
