namespace Benchmarks;

/// <summary>Compares the first seconds of new instances under load with the same seconds later.</summary>
internal sealed class Youth(Scale scale, Load load)
{
    private readonly List<LoadResult> _first = [];
    private readonly List<LoadResult> _later = [];

    /// <summary>The goal of p99.</summary>
    public static Goal Goal { get; } = Goal.AtMost(3);

    /// <summary>Measures an instance that has just started.</summary>
    public async Task MeasureAsync(Uri address)
    {
        _first.Add(await load.RunAsync(scale.Young, address));
        if (scale.Aging > TimeSpan.Zero)
        {
            await load.RunAsync(scale.Aging, address);
        }

        _later.Add(await load.RunAsync(scale.Young, address));
    }

    public void Report(ResultTable table, string what, Goal? goal = null)
    {
        Row($"{what}, first seconds, p99", "0.0 'ms'", static load => load.P99, goal);
        Row("… requests", "0'/s'", static load => load.PerSecond, goal: null);

        void Row(string name, string format, Func<LoadResult, double> value, Goal? goal) =>
            table.Compare(name, format, [.. _first.Select(value)], "later", [.. _later.Select(value)], goal);
    }
}
