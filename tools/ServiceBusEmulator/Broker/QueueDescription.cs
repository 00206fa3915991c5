namespace ServiceBusEmulator.Broker;

/// <summary>A queue that somebody asked for.</summary>
public sealed record QueueDescription(string Name, QueueSettings Settings);
