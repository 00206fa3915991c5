namespace ServiceBusEmulator.Amqp;

/// <summary>The limits of one client. A client that exceeds one loses its link or its connection.</summary>
internal static class AmqpLimits
{
    /// <summary>The largest frame, in bytes; as in Service Bus.</summary>
    public const int MaxFrameBytes = 64 * 1024;

    /// <summary>
    /// The maximum depth of nested values in a frame or message. The library decodes recursively, without a limit.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// The maximum number of array elements without content, such as nulls: four bytes can announce four billion.
    /// </summary>
    public const int MaxEmptyElements = 256;

    /// <summary>Concurrent connections.</summary>
    public const int MaxConnections = 1000;

    /// <summary>The highest channel of a connection; as in Service Bus.</summary>
    public const ushort MaxChannel = 4999;

    /// <summary>The highest link handle of a session; as in Service Bus.</summary>
    public const uint MaxHandle = 255;

    /// <summary>Links per connection.</summary>
    public const int MaxLinks = 5000;

    /// <summary>Unsettled deliveries per link; further ones wait for a settlement.</summary>
    public const int MaxUnsettled = 5000;

    /// <summary>Bytes of incomplete messages per connection.</summary>
    public const int MaxIncompleteBytes = 16 * 1024 * 1024;

    /// <summary>The time from connecting to <c>open</c>, to complete a frame, and to answer a <c>close</c>.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
}
