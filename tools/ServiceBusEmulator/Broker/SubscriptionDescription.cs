namespace ServiceBusEmulator.Broker;

/// <summary>A subscription that somebody asked for.</summary>
/// <param name="Name">Its name within the topic.</param>
/// <param name="Settings">How it behaves.</param>
/// <param name="Filters">What it is for; null for everything.</param>
public sealed record SubscriptionDescription(
    string Name,
    QueueSettings Settings,
    IReadOnlyList<CorrelationFilter>? Filters
);
