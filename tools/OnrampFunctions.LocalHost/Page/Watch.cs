namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Remembers, from the start of the host, the last outcomes and the last calls of the provider, so that a page that is
/// opened later has them. It takes nothing from anybody's subscription, and reads nothing before somebody looks: it
/// only keeps what is there anyway.
/// </summary>
internal sealed class Watch
{
    /// <summary>Outcomes kept, and calls kept.</summary>
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
