using Microsoft.Azure.Functions.Worker;
using QueueWorker;

namespace PlainFunction;

/// <summary>The function for queue messages, for a host without the Service Bus extension.</summary>
public sealed class Delivery(OnrampOrders orders, Azure.Messaging.ServiceBus.ServiceBusSender results)
{
    /// <summary>Calls it with the message.</summary>
    [Function(nameof(Delivery))]
    public Task<string> RunAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus")] string message
    ) => TextDelivery.RunAsync(message, new CancelFunctions(orders, results).MessageAsync);
}
