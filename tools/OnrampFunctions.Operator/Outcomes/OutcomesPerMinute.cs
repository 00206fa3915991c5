namespace OnrampFunctions.Operator.Outcomes;

/// <summary>Counts the outcomes of each minute.</summary>
internal sealed class OutcomesPerMinute
{
    private const int Kept = 15;

    private readonly SortedDictionary<DateTimeOffset, Dictionary<string, int>> _minutes = [];
    private readonly Dictionary<string, int> _total = [];

    public int Count { get; private set; }

    public void Add(ObservedOutcome seen)
    {
        var minute = new DateTimeOffset(seen.At.UtcTicks - (seen.At.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        if (!_minutes.TryGetValue(minute, out var counts))
        {
            _minutes[minute] = counts = [];
            if (_minutes.Count > Kept)
            {
                _minutes.Remove(_minutes.Keys.First());
            }
        }

        counts[seen.Outcome] = counts.GetValueOrDefault(seen.Outcome) + 1;
        _total[seen.Outcome] = _total.GetValueOrDefault(seen.Outcome) + 1;
        Count++;
    }

    /// <summary>Creates a table of the last minutes and the total.</summary>
    public Table ToTable(Screen screen)
    {
        var table = screen.NewTable(["minute (UTC)", .. OutcomeFilter.Names]);
        foreach (var (minute, counts) in _minutes)
        {
            AddRow(table, $"{minute:HH:mm}", counts);
        }

        AddRow(table, "all", _total);
        return table;
    }

    private static void AddRow(Table table, string name, Dictionary<string, int> counts) =>
        table.AddRow([
            new Text(name),
            .. OutcomeFilter.Names.Select(outcome => new Text($"{counts.GetValueOrDefault(outcome)}")),
        ]);
}
