using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// The result topic. A sender of the SDK and not the output binding: the binding can set nothing but the body.
/// </summary>
internal sealed class OutcomePublisher(ServiceBusClient client, IOptions<ServiceBusOptions> options) : IOutcomePublisher
{
    private readonly ServiceBusSender _topic = client.CreateSender(options.Value.Topic);

    public string Destination => _topic.EntityPath;

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken)
        => _topic.SendMessageAsync(outcome.ToServiceBusMessage(), cancellationToken);
}
