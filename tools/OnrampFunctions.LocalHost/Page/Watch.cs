namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Keeps the latest outcomes and provider calls from the start of the host, for pages that are opened later. It does
/// not consume from a subscription, and only keeps references.
/// </summary>
internal sealed class Watch
{
    /// <summary>The number of outcomes and of calls that are kept.</summary>
    public const int Kept = 200;

    public Watch(LocalBroker broker, OnrampSimulator simulator, TimeProvider clock)
    {
        broker.Results.Distributed += message =>
        {
            var now = clock.GetUtcNow();
            Outcomes.Add((message, now));
            Tally.Count(message.Property(OutcomeProperties.Outcome) as string, now);
        };
        simulator.Seen += Calls.Add;
    }

    public Recent<(BrokerMessage Event, DateTimeOffset At)> Outcomes { get; } = new(Kept);

    public OutcomeTally Tally { get; } = new();

    public Recent<SeenCall> Calls { get; } = new(Kept);
}
