namespace ServiceBusEmulator.Amqp;

/// <summary>
/// What one client may take of the endpoint. A client that goes beyond a limit loses its link or its connection.
/// </summary>
internal static class AmqpLimits
{
    /// <summary>The largest frame, in bytes; as in Service Bus.</summary>
    public const int MaxFrameBytes = 64 * 1024;

    /// <summary>
    /// How deep values may be nested in a frame or a message. The library decodes recursively, without a limit.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Array elements that take no bytes, such as nulls. Four bytes can announce four thousand million of them.
    /// </summary>
    public const int MaxEmptyElements = 256;

    /// <summary>Clients connected at the same time.</summary>
    public const int MaxConnections = 1000;

    /// <summary>The highest channel of a connection; as in Service Bus.</summary>
    public const ushort MaxChannel = 4999;

    /// <summary>The highest link handle of a session; as in Service Bus.</summary>
    public const uint MaxHandle = 255;

    /// <summary>Links of one connection.</summary>
    public const int MaxLinks = 5000;

    /// <summary>Deliveries of one receiver that are not settled; further ones wait for a settlement.</summary>
    public const int MaxUnsettled = 5000;

    /// <summary>Bytes of messages that a connection has begun to send and not finished.</summary>
    public const int MaxUnfinishedBytes = 16 * 1024 * 1024;

    /// <summary>
    /// The time from connecting to <c>open</c>, for the rest of a frame, and for the answer to a <c>close</c>.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
}
