using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>What a run came to.</summary>
/// <param name="Records">Every request with what came of it.</param>
/// <param name="Violations">Promises that were broken.</param>
/// <param name="Injected">What went wrong on purpose, and how often.</param>
/// <param name="Said">What the service said of itself, and how often.</param>
/// <param name="Duration">Of the whole run.</param>
public sealed record RunResult(
    IReadOnlyList<Record> Records,
    IReadOnlyList<Violation> Violations,
    IReadOnlyDictionary<string, long> Injected,
    IReadOnlyDictionary<string, long> Said,
    TimeSpan Duration);

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
        using var log = new ServiceLog();
        var chronicle = new Chronicle(time);
        await using var host = LocalHost.Create(["--urls", "http://127.0.0.1:0"], new LocalHostOptions
        {
            Clock = time,
            Quiet = true,
            Settings = FaultPlan.Settings,
            ConfigureServices = services => services.AddSingleton<ILoggerProvider>(log),
        });
        await host.StartAsync(cancellationToken);
        chronicle.Follow(host);

        List<Record> records = [.. Enumerable.Range(0, options.Requests).Select(number => new Record(PlannedRequest.Plan(number, options.Seed)))];
        var episodes = new Episodes(host, options, time);
        var happening = episodes.RunAsync(cancellationToken);
        await AskAsync(host, records, chronicle, episodes, cancellationToken);
        episodes.Complete();
        await happening;

        var isDrained = await DrainAsync(host, cancellationToken);
        var ledger = new Ledger(host, chronicle, records);
        ledger.Collect();
        var violations = records.SelectMany(Invariants.Check).Concat(RunRules.Check(records, ledger.Strangers, log.ProgramFaults, isDrained));
        var injected = host.Faults.Injected.Concat(episodes.Counts).ToDictionary();
        return new RunResult(records, [.. violations], injected, log.Counts.ToDictionary(), chronicle.Now);
    }

    private async Task AskAsync(LocalHost host, List<Record> records, Chronicle chronicle, Episodes episodes, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = host.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        var caller = new Caller(new ApiClient(http, chronicle, time), new QueueClient(http), host.Simulator, chronicle, time);
        await Parallel.ForEachAsync(
            records,
            new ParallelOptions { MaxDegreeOfParallelism = options.Callers, CancellationToken = cancellationToken },
            async (record, token) =>
            {
                await caller.AskAsync(record, token);
                episodes.Asked(Interlocked.Increment(ref _asked));
            });
        await caller.PaymentsAsync();
    }

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
