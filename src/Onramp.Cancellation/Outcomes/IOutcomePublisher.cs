using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Publishes outcome events to the result topic.</summary>
public interface IOutcomePublisher
{
    /// <summary>The name of the topic.</summary>
    string Destination { get; }

    /// <summary>
    /// Returns when the topic has taken the event, and throws when it has not or when that is unknown.
    /// </summary>
    Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken);
}
