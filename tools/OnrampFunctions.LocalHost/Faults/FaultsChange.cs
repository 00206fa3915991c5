namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Body of <c>PATCH /simulator/faults</c>: what is absent stays as it is.</summary>
internal sealed record FaultsChange
{
    public int? Seed { get; set; }

    /// <summary>New probabilities; 0 switches a kind off.</summary>
    public IReadOnlyDictionary<string, double>? Rates { get; set; }

    public TimeSpan? SlowFor { get; set; }

    public int? RetryAfterSeconds { get; set; }

    public TimeSpan? ClockOffset { get; set; }

    public string? Queue { get; set; }

    public string? Topic { get; set; }

    public FaultsDocument ApplyTo(FaultsDocument current) =>
        new()
        {
            Seed = Seed ?? current.Seed,
            Rates = Merge(current.Rates),
            SlowFor = SlowFor ?? current.SlowFor,
            RetryAfterSeconds = RetryAfterSeconds ?? current.RetryAfterSeconds,
            ClockOffset = ClockOffset ?? current.ClockOffset,
            Queue = Queue ?? current.Queue,
            Topic = Topic ?? current.Topic,
        };

    private Dictionary<string, double> Merge(IReadOnlyDictionary<string, double> rates)
    {
        Dictionary<string, double> merged = new(rates);
        foreach (var (kind, rate) in Rates ?? rates)
        {
            merged[kind] = rate;
        }

        return merged;
    }
}
