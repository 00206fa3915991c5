namespace Benchmarks;

/// <summary>A topic that costs nothing.</summary>
internal sealed class AcceptingTopic : IOutcomePublisher
{
    public string Destination => "cancel-results";

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) => Task.CompletedTask;
}
