namespace ServiceBusEmulator.Broker;

/// <summary>A subscription to create.</summary>
/// <param name="Name">Its name within the topic.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Filters">Its filters; null for every message.</param>
public sealed record SubscriptionDescription(
    string Name,
    QueueSettings Settings,
    IReadOnlyList<CorrelationFilter>? Filters
);
