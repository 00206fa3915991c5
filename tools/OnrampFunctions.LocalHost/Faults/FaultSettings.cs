using System.Collections.Frozen;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// The probability of each fault and the states of queue and topic; orders can have faults of their own besides
/// (<see cref="SimulatedOrder.Plan"/>).
/// </summary>
public sealed record FaultSettings
{
    /// <summary>No faults.</summary>
    public static FaultSettings None { get; } = new();

    /// <summary>Seed of every decision: the same seed, orders and messages give the same faults. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Probability by kind, 0 to 1; the provider's kinds share one draw per call, so their sum must not exceed 1.
    /// </summary>
    public FrozenDictionary<FaultKind, double> Rates { get; init; } = FrozenDictionary<FaultKind, double>.Empty;

    /// <summary>How long slow answers take. Default two seconds.</summary>
    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Seconds in <c>Retry-After</c>. Default 1.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>
    /// The offset of the provider's clock from this machine's. If it is negative, the provider refuses current
    /// timestamps. Default 0.
    /// </summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>How the queue answers senders, scheduling and peeks. Its messages are delivered nevertheless.</summary>
    public BrokerState Queue { get; init; }

    /// <summary>How the topic answers publishers.</summary>
    public BrokerState Topic { get; init; }
}
