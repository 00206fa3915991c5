namespace OnrampFunctions.LocalHost.Page;

/// <summary>The updates for one viewer: each part when it differs from what was sent last.</summary>
internal sealed class LiveUpdates(LiveSources sources, LocalJson json)
{
    // Some metrics change all the time.
    private const int CallsToMetrics = 5;

    private readonly Dictionary<string, byte[]> _sent = [];
    private long _lastOutcome;
    private int _calls;

    /// <summary>The changed parts, by event name.</summary>
    public async Task<IReadOnlyList<(string Name, byte[] Json)>> NextAsync(CancellationToken cancellationToken)
    {
        List<(string, byte[])> changes = [];
        AddIfNew(changes, "orders", sources.Orders());
        AddIfNew(changes, "queue", sources.Queue());
        AddIfNew(changes, "retrying", await sources.RetryingAsync(cancellationToken));
        AddIfNew(changes, "tally", sources.Tally());
        AddIfNew(changes, "calls", sources.Calls());
        AddIfNew(changes, "faults", sources.Faults());
        AddIfNew(changes, "vault", sources.Vault());
        if (_calls++ % CallsToMetrics == 0)
        {
            AddIfNew(changes, "metrics", sources.Metrics());
        }

        if (sources.Outcomes(_lastOutcome, Watch.Kept) is { Outcomes.Count: > 0 } outcomes)
        {
            _lastOutcome = outcomes.Outcomes[^1].Number;
            changes.Add(("outcomes", json.Serialize(outcomes)));
        }

        return changes;
    }

    private void AddIfNew<T>(List<(string Name, byte[] Json)> changes, string name, T value)
    {
        var bytes = json.Serialize(value);
        if (!_sent.TryGetValue(name, out var before) || !before.AsSpan().SequenceEqual(bytes))
        {
            _sent[name] = bytes;
            changes.Add((name, bytes));
        }
    }
}
