using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Outcomes;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Publishes to the result topic. It uses the SDK because the output binding can set only the body.
/// </summary>
internal sealed class OutcomePublisher(ServiceBusClient client, IOptions<ServiceBusOptions> options) : IOutcomePublisher
{
    private readonly BatchedSender _topic = new(client.CreateSender(options.Value.Topic));

    public string Destination => _topic.EntityPath;

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) =>
        _topic.SendAsync(outcome.ToServiceBusMessage(), cancellationToken);
}
