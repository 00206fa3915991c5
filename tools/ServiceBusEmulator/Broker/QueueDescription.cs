namespace ServiceBusEmulator.Broker;

/// <summary>A queue to create.</summary>
public sealed record QueueDescription(string Name, QueueSettings Settings);
