using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>What one viewer is told: each part again when it is another than what was told last.</summary>
internal sealed class Sections(LiveSources sources)
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
        AddIfNew(news, "orders", sources.Orders(), PageJson.Default.OrdersView);
        AddIfNew(news, "queue", sources.Queue(), PageJson.Default.QueueView);
        AddIfNew(news, "tally", sources.Tally(), PageJson.Default.TallyView);
        AddIfNew(news, "calls", sources.Calls(), PageJson.Default.CallsView);
        AddIfNew(news, "faults", sources.Faults(), FaultsJson.Default.FaultsDocument);
        if (_calls++ % CallsToMetrics == 0)
        {
            AddIfNew(news, "metrics", sources.Metrics(), PageJson.Default.MetricsView);
        }

        if (sources.Outcomes(_lastOutcome, MaxNewOutcomes) is { Outcomes.Count: > 0 } outcomes)
        {
            _lastOutcome = outcomes.Outcomes[^1].Number;
            news.Add(("outcomes", JsonSerializer.SerializeToUtf8Bytes(outcomes, PageJson.Default.OutcomesView)));
        }

        return news;
    }

    private void AddIfNew<T>(List<(string Name, byte[] Json)> news, string name, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (!_told.TryGetValue(name, out var before) || !before.AsSpan().SequenceEqual(json))
        {
            _told[name] = json;
            news.Add((name, json));
        }
    }
}
