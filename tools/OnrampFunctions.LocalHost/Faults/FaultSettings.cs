using System.Collections.Frozen;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// How often what goes wrong, by rate, and what is gone; orders can have faults of their own besides
/// (<see cref="SimulatedOrder.Plan"/>).
/// </summary>
public sealed record FaultSettings
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultSettings None { get; } = new();

    /// <summary>Seed of every decision: the same seed, orders and messages give the same faults. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Probability by kind, 0 to 1; those of the provider share one draw a call and may not exceed 1 together.
    /// </summary>
    public FrozenDictionary<FaultKind, double> Rates { get; init; } = FrozenDictionary<FaultKind, double>.Empty;

    /// <summary>How long slow answers take. Default two seconds.</summary>
    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Seconds in <c>Retry-After</c>. Default 1.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>
    /// How far the provider's clock is from this machine's; negative is behind, and then it refuses timestamps of now.
    /// Default 0.
    /// </summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>
    /// How the queue meets what clients send, schedule, look for and take back. What it holds is delivered all the
    /// same.
    /// </summary>
    public BrokerState Queue { get; init; }

    /// <summary>How the topic meets events.</summary>
    public BrokerState Topic { get; init; }
}
