namespace ServiceBusEmulator.Broker;

/// <summary>
/// How a queue behaves; the defaults are those of a Service Bus queue with duplicate detection switched on.
/// </summary>
public sealed record QueueSettings
{
    /// <summary>The default of <see cref="KeptMessages"/>.</summary>
    public const int DefaultKeptMessages = 1000;

    /// <summary>How long a receiver has a message to itself. Default one minute.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Deliveries after which an unsettled message is dead-lettered. Default 10.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>
    /// How long a message id is remembered, of so many as <see cref="RememberedIds"/>. Default ten minutes; zero
    /// switches duplicate detection off.
    /// </summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a message is kept, unless it is of use for less itself. Default for ever.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether expired messages are dead-lettered; else they are gone. Default false.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>
    /// Messages waiting at most; beyond that the oldest is dropped, so that a queue nobody reads cannot fill the
    /// memory. Default 200,000.
    /// </summary>
    public int Capacity { get; init; } = 200_000;

    /// <summary>
    /// The same for subscriptions and dead-letter queues, which on a developer's machine often nobody reads. Default
    /// 1,000.
    /// </summary>
    public int KeptMessages { get; init; } = DefaultKeptMessages;

    /// <summary>
    /// Message ids remembered at most: 50,000, or five for each kept message, because ids are remembered beyond their
    /// messages and are small.
    /// </summary>
    public int RememberedIds => Math.Max(50_000, 5 * KeptMessages);

    /// <summary>
    /// The settings of a queue that is only filled by the broker itself, from where duplicates have been dropped
    /// already.
    /// </summary>
    internal QueueSettings OfSubqueue() => this with { DuplicateWindow = TimeSpan.Zero, Capacity = KeptMessages };

    /// <summary>The settings of a dead-letter queue, where nothing expires.</summary>
    internal QueueSettings OfDeadLetters() => OfSubqueue() with { TimeToLive = TimeSpan.MaxValue };
}
