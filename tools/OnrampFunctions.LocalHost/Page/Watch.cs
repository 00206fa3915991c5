namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Keeps the latest outcomes, retries, dead letters and provider calls from the start of the host, for pages that are
/// opened later. It does not consume from a subscription, and only keeps references.
/// </summary>
internal sealed class Watch
{
    /// <summary>How many of each are kept.</summary>
    public const int Kept = 200;

    public Watch(LocalBroker broker, OnrampSimulator simulator, TimeProvider clock)
    {
        broker.Results.Distributed += message =>
        {
            var now = clock.GetUtcNow();
            Outcomes.Add((message, now));
            Tally.Count(message.Property(OutcomeProperties.Outcome) as string, now);
        };
        broker.Requests.Accepted += message =>
        {
            if (QueueRows.DeliveryOf(message) is not null)
            {
                Retries.Add((message, clock.GetUtcNow()));
            }
        };
        broker.Requests.DeadLetters!.Accepted += message => DeadLetters.Add((message, clock.GetUtcNow()));
        simulator.Seen += Calls.Add;
    }

    public Recent<(BrokerMessage Event, DateTimeOffset At)> Outcomes { get; } = new(Kept);

    public OutcomeTally Tally { get; } = new();

    /// <summary>The retry copies, when they were scheduled.</summary>
    public Recent<(BrokerMessage Message, DateTimeOffset At)> Retries { get; } = new(Kept);

    public Recent<(BrokerMessage Message, DateTimeOffset At)> DeadLetters { get; } = new(Kept);

    public Recent<SeenCall> Calls { get; } = new(Kept);
}
