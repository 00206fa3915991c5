namespace ServiceBusEmulator.Broker;

/// <summary>The broker reports on purpose that it did not do what a client asked for.</summary>
/// <param name="message">The error that the client gets.</param>
/// <param name="wasDone">Whether the broker did it nevertheless.</param>
public sealed class BrokerFaultException(string message, bool wasDone) : Exception(message)
{
    /// <summary>Whether the broker did it nevertheless.</summary>
    public bool WasDone => wasDone;
}
