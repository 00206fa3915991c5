using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Onramp.Cancellation.ServiceBus;

namespace OnrampFunctions;

/// <summary>The Service Bus trigger: one message of the queue, peek-locked, settled explicitly.</summary>
public sealed class OrderMessages(MessageDispatcher dispatcher)
{
    /// <summary>Handles and settles one message.</summary>
    [Function("CancelOrderFromQueue")]
    public Task RunAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus", AutoCompleteMessages = false)]
            ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions
    ) => dispatcher.DispatchAsync(message, new FunctionActions(message, actions));
}
