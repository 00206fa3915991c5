namespace Benchmarks;

/// <summary>
/// Two parts under the same load in alternating rounds, so that other activity on the machine affects both.
/// </summary>
internal sealed class Pair(
    string name,
    Load load,
    Uri own,
    Uri other,
    Func<TimeSpan> cpuOfOwn,
    Func<TimeSpan> cpuOfOther
)
{
    private readonly List<LoadResult> _own = [];
    private readonly List<LoadResult> _other = [];
    private TimeSpan _cpuOfOwn,
        _cpuOfOther;

    /// <summary>The median of the first.</summary>
    public double PerSecond => Median(_own, static result => result.PerSecond);

    public long OwnRequests => _own.Sum(static result => result.Requests);

    public long OtherRequests => _other.Sum(static result => result.Requests);

    /// <summary>Until the code of both is fully optimised.</summary>
    public async Task WarmUpAsync(Scale scale, int connections)
    {
        await load.RunAsync(other, connections, scale.WarmUp);
        await load.RunAsync(own, connections, scale.WarmUp);
    }

    public async Task RunAsync(Scale scale, int connections)
    {
        for (var round = 0; round < scale.Rounds; round++)
        {
            var before = cpuOfOther();
            _other.Add(await load.RunAsync(other, connections, scale.Round));
            _cpuOfOther += cpuOfOther() - before;
            before = cpuOfOwn();
            _own.Add(await load.RunAsync(own, connections, scale.Round));
            _cpuOfOwn += cpuOfOwn() - before;
        }
    }

    /// <summary>Adds the rows of the results.</summary>
    public void Tell(ResultTable table, string what, string goalOfRate, string goalOfP99, string whoseCpu = "its CPU")
    {
        Row(table, $"{what}: requests/s", static result => result.PerSecond, "0", goalOfRate);
        Row(table, "  p50, ms", static result => result.P50, "0.00", "");
        Row(table, "  p99, ms", static result => result.P99, "0.00", goalOfP99);
        var (ownCpu, otherCpu) = (Microseconds(_cpuOfOwn, _own), Microseconds(_cpuOfOther, _other));
        table.Add($"  {whoseCpu} a request, µs", $"{ownCpu:0}", $"{name} {otherCpu:0}", ownCpu / otherCpu);
        table.Add(
            $"  the generator's CPU a request, µs ({load.Generator})",
            $"{Generator(_own):0}",
            $"{Generator(_other):0}"
        );
    }

    private static double Generator(List<LoadResult> results) =>
        Microseconds(results.Aggregate(TimeSpan.Zero, static (sum, result) => sum + result.Cpu), results);

    private static double Microseconds(TimeSpan cpu, List<LoadResult> results) =>
        cpu.TotalMicroseconds / results.Sum(static result => result.Requests);

    private void Row(ResultTable table, string what, Func<LoadResult, double> value, string format, string goal)
    {
        var ratios = _own.Zip(_other, (own, other) => value(own) / value(other)).Order().ToList();
        table.Add(
            what,
            Median(_own, value).ToString(format, null),
            $"{name} {Median(_other, value).ToString(format, null)}",
            ratios[ratios.Count / 2],
            goal
        );
    }

    private static double Median(List<LoadResult> results, Func<LoadResult, double> value) =>
        results.Select(value).Order().ElementAt(results.Count / 2);
}
