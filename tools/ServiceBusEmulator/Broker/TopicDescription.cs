namespace ServiceBusEmulator.Broker;

/// <summary>A topic to create.</summary>
public sealed record TopicDescription(
    string Name,
    QueueSettings Settings,
    IReadOnlyList<SubscriptionDescription> Subscriptions
);
