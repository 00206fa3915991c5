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

    /// <summary>Settles through the Functions host, which holds the lock.</summary>
    private sealed class FunctionActions(ServiceBusReceivedMessage message, ServiceBusMessageActions actions)
        : IMessageActions
    {
        public Task CompleteAsync(CancellationToken cancellationToken) =>
            actions.CompleteMessageAsync(message, cancellationToken);

        public Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken) =>
            actions.AbandonMessageAsync(message, properties, cancellationToken);

        public Task DeadLetterAsync(
            Dictionary<string, object>? properties,
            string? reason,
            string? description,
            CancellationToken cancellationToken
        ) => actions.DeadLetterMessageAsync(message, properties, reason, description, cancellationToken);
    }
}
