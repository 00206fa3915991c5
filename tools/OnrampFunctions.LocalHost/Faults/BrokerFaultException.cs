namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The broker says on purpose that it did not do what a client asked of it.</summary>
/// <param name="message">What it says.</param>
/// <param name="wasDone">Whether it did it all the same.</param>
internal sealed class BrokerFaultException(string message, bool wasDone) : Exception(message)
{
    public bool WasDone => wasDone;
}
