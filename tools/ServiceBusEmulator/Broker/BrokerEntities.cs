namespace ServiceBusEmulator.Broker;

/// <summary>The queues and topics of a namespace.</summary>
/// <param name="Queues">The queues.</param>
/// <param name="Topics">The topics, with their subscriptions.</param>
/// <param name="Forwards">Paths of queues, subscriptions or dead-letter queues, and the queue or topic to which each
/// forwards its messages; cycles are not allowed.</param>
public sealed record BrokerEntities(
    IReadOnlyList<QueueDescription> Queues,
    IReadOnlyList<TopicDescription> Topics,
    IReadOnlyList<(string From, string To)> Forwards
)
{
    public static BrokerEntities None { get; } = new([], [], []);
}
