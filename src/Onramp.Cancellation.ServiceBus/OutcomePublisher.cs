using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// The result topic. A sender of the SDK and not the output binding: the binding can set nothing but the body.
/// </summary>
internal sealed class OutcomePublisher(ServiceBusClient client, IOptions<ServiceBusOptions> options) : IOutcomePublisher
{
    private readonly BatchedSender _topic = new(client.CreateSender(options.Value.Topic));

    public string Destination => _topic.EntityPath;

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) =>
        _topic.SendAsync(outcome.ToServiceBusMessage(), cancellationToken);
}
