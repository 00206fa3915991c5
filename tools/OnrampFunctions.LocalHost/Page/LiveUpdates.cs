namespace OnrampFunctions.LocalHost.Page;

/// <summary>What one viewer is told: each part again when it is another than what was told last.</summary>
internal sealed class LiveUpdates(LiveSources sources, LocalJson json)
{
    private const int MaxNewOutcomes = 100;

    // Some of them never stand still.
    private const int CallsToMetrics = 5;

    private readonly Dictionary<string, byte[]> _told = [];
    private long _lastOutcome;
    private int _calls;

    /// <summary>What is new, by the names of its events; nothing when nothing is.</summary>
    public IReadOnlyList<(string Name, byte[] Json)> Next()
    {
        List<(string, byte[])> news = [];
        AddIfNew(news, "orders", sources.Orders());
        AddIfNew(news, "queue", sources.Queue());
        AddIfNew(news, "tally", sources.Tally());
        AddIfNew(news, "calls", sources.Calls());
        AddIfNew(news, "faults", sources.Faults());
        if (_calls++ % CallsToMetrics == 0)
        {
            AddIfNew(news, "metrics", sources.Metrics());
        }

        if (sources.Outcomes(_lastOutcome, MaxNewOutcomes) is { Outcomes.Count: > 0 } outcomes)
        {
            _lastOutcome = outcomes.Outcomes[^1].Number;
            news.Add(("outcomes", json.Serialize(outcomes)));
        }

        return news;
    }

    private void AddIfNew<T>(List<(string Name, byte[] Json)> news, string name, T value)
    {
        var bytes = json.Serialize(value);
        if (!_told.TryGetValue(name, out var before) || !before.AsSpan().SequenceEqual(bytes))
        {
            _told[name] = bytes;
            news.Add((name, bytes));
        }
    }
}
