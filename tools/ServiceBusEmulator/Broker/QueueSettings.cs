namespace ServiceBusEmulator.Broker;

/// <summary>
/// The settings of a queue; the defaults are those of Service Bus with duplicate detection switched on.
/// </summary>
public sealed record QueueSettings
{
    /// <summary>How long a lock lasts. Default one minute.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of deliveries after which an unsettled message is dead-lettered. Default 10.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>
    /// How long message ids are remembered, up to <see cref="RememberedIds"/>. Default ten minutes; zero switches
    /// duplicate detection off.
    /// </summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time to live of messages that have no shorter one. Default unlimited.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether expired messages are dead-lettered instead of dropped. Default false.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>
    /// The maximum number of ready messages. Beyond it the oldest is dropped, so that an unread queue cannot fill the
    /// memory. Default 200,000.
    /// </summary>
    public int Capacity { get; init; } = 200_000;

    /// <summary>
    /// The same for subscriptions and dead-letter queues, which often have no reader on a developer's machine. Default
    /// 1,000.
    /// </summary>
    public int KeptMessages { get; init; } = 1000;

    /// <summary>
    /// The number of partitions, up to <see cref="BrokerLimits.MaxPartitions"/>. Beyond 1, the upper 16 bits of a
    /// sequence number are its partition, which depends on the message id. Default 1: numbers without a partition.
    /// </summary>
    public int Partitions { get; init; } = 1;

    /// <summary>
    /// The maximum number of remembered message ids: 50,000, or five for each kept message, because ids are small and
    /// are remembered longer than their messages.
    /// </summary>
    public int RememberedIds => Math.Max(50_000, 5 * KeptMessages);

    /// <summary>The settings of a queue that only the broker fills: duplicates have already been dropped.</summary>
    internal QueueSettings OfSubqueue() => this with { DuplicateWindow = TimeSpan.Zero, Capacity = KeptMessages };

    /// <summary>The settings of a dead-letter queue: its messages do not expire.</summary>
    internal QueueSettings OfDeadLetters() => OfSubqueue() with { TimeToLive = TimeSpan.MaxValue };
}
