using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>Clients by HTTP who are cut off on purpose.</summary>
internal static class HttpContextExtensions
{
    /// <summary>Drops the client's connection if that shall happen now, and says whether it does.</summary>
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
