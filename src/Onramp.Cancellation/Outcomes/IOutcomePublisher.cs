using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Publishes outcome events to the result topic.</summary>
public interface IOutcomePublisher
{
    /// <summary>The name of the topic.</summary>
    string Destination { get; }

    /// <summary>
    /// Publishes an event; returns when the topic has accepted it. Throws when the topic has not, or when that is
    /// unknown.
    /// </summary>
    Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken);
}
