namespace ServiceBusEmulator.Broker;

/// <summary>A message that was read without being received; <c>DueAt</c> is set for scheduled messages.</summary>
public readonly record struct PeekedMessage(
    BrokerMessage Message,
    long SequenceNumber,
    DateTimeOffset EnqueuedTime,
    int DeliveryCount,
    MessageState State,
    DateTimeOffset DueAt
);
