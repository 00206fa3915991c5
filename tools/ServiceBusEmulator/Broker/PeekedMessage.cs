namespace ServiceBusEmulator.Broker;

/// <summary>
/// A message as whoever looks into a queue sees it, without receiving it: delivered so often, and if it is scheduled,
/// when it is due.
/// </summary>
public readonly record struct PeekedMessage(
    BrokerMessage Message,
    long SequenceNumber,
    DateTimeOffset EnqueuedTime,
    int DeliveryCount,
    MessageState State,
    DateTimeOffset DueAt
);
