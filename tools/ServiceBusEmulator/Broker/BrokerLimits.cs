namespace ServiceBusEmulator.Broker;

/// <summary>Limits of a Service Bus namespace in the standard tier.</summary>
internal static class BrokerLimits
{
    /// <summary>The largest message, with everything that belongs to it.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    /// <summary>The longest id of a message or a session, and the longest partition key, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>How many messages can be looked at at once.</summary>
    public const int MaxPeekedMessages = 250;
}
