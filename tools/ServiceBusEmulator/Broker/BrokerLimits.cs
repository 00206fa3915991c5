namespace ServiceBusEmulator.Broker;

/// <summary>Limits of a Service Bus namespace in the standard tier.</summary>
public static class BrokerLimits
{
    /// <summary>The maximum size of a message, with its properties.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    /// <summary>The maximum length of a message id, a session id or a partition key, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>The maximum number of messages in one peek.</summary>
    public const int MaxPeekedMessages = 250;

    /// <summary>The number of partitions of a partitioned queue or topic.</summary>
    public const int MaxPartitions = 16;
}
