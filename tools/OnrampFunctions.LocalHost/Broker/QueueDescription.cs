namespace OnrampFunctions.LocalHost.Broker;

/// <summary>A queue that somebody asked for.</summary>
internal sealed record QueueDescription(string Name, QueueSettings Settings);
