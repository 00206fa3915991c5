using System.Diagnostics;

namespace Benchmarks;

/// <summary>
/// One of the compared parts. All parts run the same rounds in turn, so that other activity on the machine affects all of
/// them.
/// </summary>
/// <param name="round">Runs one round.</param>
/// <param name="processors">The processor time so far of each process that belongs to the part.</param>
internal sealed class Part(Func<Task<LoadResult>> round, params IReadOnlyList<Func<TimeSpan>> processors)
{
    private readonly List<(LoadResult Load, TimeSpan[] Cpu)> _rounds = [];

    public IReadOnlyList<double> PerSecond => Values(static load => load.PerSecond);

    /// <summary>Median durations, in milliseconds.</summary>
    public IReadOnlyList<double> P50 => Values(static load => load.P50);

    /// <summary>99th percentiles, in milliseconds.</summary>
    public IReadOnlyList<double> P99 => Values(static load => load.P99);

    /// <summary>Microseconds of all processes for each request.</summary>
    public IReadOnlyList<double> Cpu =>
        [.. _rounds.Select(static round => round.Cpu.Sum(static cpu => cpu.TotalMicroseconds) / round.Load.Requests)];

    /// <summary>Runs all parts until their code is fully optimised.</summary>
    public static async Task WarmUpAsync(TimeSpan duration, params IReadOnlyList<Part> parts)
    {
        foreach (var part in parts)
        {
            var start = Stopwatch.GetTimestamp();
            do
            {
                await part.RoundAsync();
            } while (Stopwatch.GetElapsedTime(start) < duration);
        }
    }

    /// <summary>Measures rounds of all parts in turn.</summary>
    public static async Task RunAsync(int rounds, params IReadOnlyList<Part> parts)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var part in parts)
            {
                part._rounds.Add(await part.RoundAsync());
            }
        }
    }

    /// <summary>Microseconds of one process for each request.</summary>
    public IReadOnlyList<double> CpuOf(int process) =>
        [.. _rounds.Select(round => round.Cpu[process].TotalMicroseconds / round.Load.Requests)];

    private async Task<(LoadResult Load, TimeSpan[] Cpu)> RoundAsync()
    {
        TimeSpan[] before = [.. processors.Select(static cpu => cpu())];
        var load = await round();
        return (load, [.. processors.Zip(before, static (cpu, earlier) => cpu() - earlier)]);
    }

    private IReadOnlyList<double> Values(Func<LoadResult, double> value) =>
        [.. _rounds.Select(round => value(round.Load))];
}
