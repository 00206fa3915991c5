namespace ServiceBusEmulator.Broker;

/// <summary>A topic that somebody asked for.</summary>
public sealed record TopicDescription(
    string Name,
    QueueSettings Settings,
    IReadOnlyList<SubscriptionDescription> Subscriptions
);
