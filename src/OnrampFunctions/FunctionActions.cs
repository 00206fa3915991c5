using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Onramp.Cancellation.ServiceBus;

namespace OnrampFunctions;

/// <summary>Settles through the Functions host, which holds the lock.</summary>
internal sealed class FunctionActions(ServiceBusReceivedMessage message, ServiceBusMessageActions actions)
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
