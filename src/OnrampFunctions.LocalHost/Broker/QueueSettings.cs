namespace OnrampFunctions.Local;

/// <summary>How a queue behaves; the defaults are those of a Service Bus queue with duplicate detection switched on.</summary>
public sealed record QueueSettings
{
    /// <summary>How long a receiver has a message to itself. Default one minute.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Deliveries after which an unsettled message is dead-lettered. Default 10.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>How long a message id is remembered. Default ten minutes; zero switches duplicate detection off.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Messages waiting at most; beyond that the oldest is dropped, so that a queue nobody reads cannot fill the memory. Default 200,000.</summary>
    public int Capacity { get; init; } = 200_000;
}
