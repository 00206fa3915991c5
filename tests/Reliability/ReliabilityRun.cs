using System.Diagnostics;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>What a run came to.</summary>
public sealed record RunResult(
    IReadOnlyList<Record> Records, IReadOnlyList<Violation> Violations, IReadOnlyDictionary<string, long> Injected, int Rotations, TimeSpan Duration);

/// <summary>
/// Thousands of cancels through the whole local host, over sockets, while everything that can go wrong does; then the check that every
/// promise was kept.
/// </summary>
public sealed class ReliabilityRun(RunOptions options, TimeProvider time)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(90);

    private int _asked;

    /// <summary>Requests made so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var host = LocalHost.Create(["--urls", "http://127.0.0.1:0"], new LocalHostOptions { Clock = time, Quiet = true, Settings = FaultPlan.Settings });
        await host.StartAsync(cancellationToken);
        host.Faults.Settings = FaultPlan.Of(options.Seed);

        List<Record> records = [.. Enumerable.Range(0, options.Requests).Select(number => new Record(PlannedRequest.Plan(number, options.Seed)))];
        var ledger = new Ledger(host.Broker, records);
        var rotations = 0;
        using var http = new HttpClient { BaseAddress = host.BaseAddress, Timeout = TimeSpan.FromSeconds(60) };
        var caller = new Caller(http, host, time);
        await Parallel.ForEachAsync(
            records,
            new ParallelOptions { MaxDegreeOfParallelism = options.Callers, CancellationToken = cancellationToken },
            async (record, token) =>
            {
                await caller.AskAsync(record, token);
                if (Interlocked.Increment(ref _asked) % RotateEvery == 0)
                {
                    var version = Interlocked.Increment(ref rotations);
                    host.Vault.Rotate(new ProviderCredentials($"key_{version}", $"secret_{version}"));
                }
            });

        var drained = await DrainAsync(host, cancellationToken);
        ledger.Collect();
        foreach (var record in records)
        {
            var known = host.Simulator.TryGet(record.Request.OrderId, out var order);
            record.FinalStatus = known ? order!.Status : null;
            record.CancelCalls = known ? order!.CancelCalls : 0;
        }

        List<Violation> violations = [.. records.SelectMany(Invariants.Check)];
        if (!drained || ledger.Strangers > 0)
        {
            throw new InvalidOperationException($"The queue was not empty after {DrainPatience.TotalSeconds} s, or there were events about nobody's order ({ledger.Strangers}).");
        }

        return new RunResult(records, violations, host.Faults.Injected, rotations, Stopwatch.GetElapsedTime(started));
    }

    // A dozen rotations in a long run, two in a short one.
    private int RotateEvery => Math.Max(200, options.Requests / 12);

    private async Task<bool> DrainAsync(LocalHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.Broker.Requests.WhenAsync(static counts => counts.IsIdle && counts.Scheduled == 0, cancellationToken).WaitAsync(DrainPatience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
