namespace ServiceBusEmulator.Broker;

/// <summary>Queues and topics that somebody asked for.</summary>
/// <param name="Queues">The queues.</param>
/// <param name="Topics">The topics, with their subscriptions.</param>
/// <param name="Forwards">Paths of queues, subscriptions or dead-letter queues, and the queue or topic that gets what
/// comes there; no way leads in a circle.</param>
public sealed record BrokerEntities(
    IReadOnlyList<QueueDescription> Queues,
    IReadOnlyList<TopicDescription> Topics,
    IReadOnlyList<(string From, string To)> Forwards
)
{
    public static BrokerEntities None { get; } = new([], [], []);
}
