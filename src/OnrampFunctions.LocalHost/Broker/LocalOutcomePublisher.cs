namespace OnrampFunctions.Local;

/// <summary>The service's port to the result topic, over the local broker.</summary>
internal sealed class LocalOutcomePublisher(MessageBroker broker, Faults faults) : IOutcomePublisher
{
    public async Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken)
    {
        await faults.PassAsync(BrokerPart.Topic, cancellationToken);
        if (faults.HitsTry(FaultKind.PublishRefused, outcome.MessageId))
        {
            throw new BrokerUnavailableException("The topic refused the event.");
        }

        broker.Results.Publish(BrokerMessages.Of(outcome));
        if (faults.HitsTry(FaultKind.PublishAnswerLost, outcome.MessageId))
        {
            throw new BrokerUnavailableException("The topic's answer was lost.");
        }
    }
}
