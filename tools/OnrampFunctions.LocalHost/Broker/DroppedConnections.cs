namespace OnrampFunctions.LocalHost.Broker;

/// <summary>Clients by HTTP who are cut off on purpose.</summary>
internal static class DroppedConnections
{
    /// <summary>Drops the client's connection if that shall happen now, and says whether it does.</summary>
    public static bool TryDrop(this HttpContext context, FaultInjector faults, BrokerMessage message)
    {
        var isHit = faults.HitsTry(FaultKind.ConnectionDropped, message.MessageId);
        if (isHit)
        {
            context.Abort();
        }

        return isHit;
    }
}
