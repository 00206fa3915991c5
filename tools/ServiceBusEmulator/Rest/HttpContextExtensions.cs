using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>Drops HTTP connections on purpose.</summary>
internal static class HttpContextExtensions
{
    /// <summary>Injects a dropped connection; returns whether it did.</summary>
    public static bool TryDrop(this HttpContext context, IBrokerFaults faults, BrokerMessage message)
    {
        var isHit = faults.Hits(OperationFault.ConnectionDropped, message.MessageId);
        if (isHit)
        {
            context.Abort();
        }

        return isHit;
    }
}
