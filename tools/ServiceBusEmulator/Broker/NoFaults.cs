namespace ServiceBusEmulator.Broker;

/// <summary>Injects nothing.</summary>
internal sealed class NoFaults : IBrokerFaults
{
    public static NoFaults Instance { get; } = new();
}
