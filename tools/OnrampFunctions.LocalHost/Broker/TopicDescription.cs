namespace OnrampFunctions.LocalHost.Broker;

/// <summary>A topic that somebody asked for.</summary>
internal sealed record TopicDescription(
    string Name,
    QueueSettings Settings,
    IReadOnlyList<SubscriptionDescription> Subscriptions
);
