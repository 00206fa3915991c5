using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Reliability.Workers;

namespace Reliability;

/// <summary>
/// Arms many timeouts, of which a part falls due within a minute, and lets several workers carry them out under a
/// common budget of calls. Nothing fails. Queue, tables and provider are those of the local host. Its own core arms,
/// over the real Service Bus client.
/// </summary>
internal sealed class ScaleRun(RunOptions options, TimeProvider time)
{
    private const long FirstOrder = 1_000_000_000;
    private const int Slices = 10;
    private const int Armers = 32;

    /// <summary>The largest number that one queue of the local broker keeps ready.</summary>
    public const int MaxDue = 200_000;

    private static readonly TimeSpan DueWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LaterDelay = TimeSpan.FromDays(20);
    private static readonly TimeSpan BeforeFirst = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<long> _calls = [];

    /// <summary>Runs it, and prints the figures as they come.</summary>
    /// <returns>Whether each due timeout was carried out once and no other at all, within the budget.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        Print(
            $"{options.Timeouts:N0} timeouts, {options.Due:N0} of them due within one minute; {options.Workers} workers"
        );
        await using var host = Create();
        await host.StartAsync(cancellationToken);
        host.Simulator.Received += _ => _calls.Enqueue(time.GetTimestamp());
        using ServiceLog log = new(new RecordedTexts());
        await using var fleet = await WorkerFleet.CreateAsync(host, options, settings: [], log, time);
        await fleet.StartAsync(cancellationToken);

        var dueFrom = await ArmAllAsync(host, cancellationToken);
        var isEmpty = await WaitUntilDoneAsync(host, dueFrom, cancellationToken);
        var faults = Check(host, isEmpty).ToList();
        ReportCalls(dueFrom);
        faults.AddRange(
            RunRules
                .CheckCalls(CallRate.Highest(_calls.Select(call => At(call))), options.CallsPerSecond)
                .SelectMany(static violation => violation.Story)
        );
        faults.ForEach(static fault => Print($"BROKEN: {fault}"));
        return faults.Count == 0;
    }

    private static LocalApp Create() =>
        LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = new Dictionary<string, string?>
                {
                    ["LocalHost__ForFunctionsApp"] = "true",
                    ["LocalHost__Partitions"] = "4",
                    ["LocalHost__KeptMessages"] = "1000000",

                    // Longer than the run, as in Azure: the copy of a published outcome waits behind the whole backlog.
                    ["LocalHost__DuplicateWindow"] = FaultPlan.DuplicateWindow.ToString(),
                },
            }
        );

    /// <summary>Arms all timeouts, those that are due soon last.</summary>
    /// <returns>When the first one is due.</returns>
    private async Task<DateTimeOffset> ArmAllAsync(LocalApp host, CancellationToken cancellationToken)
    {
        var timeouts = host.Services.GetRequiredService<OrderTimeouts>();
        var later = options.Timeouts - options.Due;
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var started = time.GetTimestamp();
        for (var slice = 0; slice < Slices; slice++)
        {
            var (from, to) = (Share(later, slice), Share(later, slice + 1));
            var due = time.GetUtcNow() + LaterDelay;
            await ArmAsync($"slice {slice + 1} of {Slices}", from, to - from, _ => due);
        }

        if (later > 0)
        {
            var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
            Print($"memory of queue and tables for each waiting timeout: {grown / later:N0} bytes");
        }

        // They must be armed before the first one is due.
        var each = later == 0 ? TimeSpan.FromMilliseconds(1) : time.GetElapsedTime(started) / later;
        var dueFrom = time.GetUtcNow() + (each * options.Due * 1.5) + BeforeFirst;
        for (var order = later; order < options.Timeouts; order++)
        {
            host.Simulator.Put(OrderId(order));
        }

        await ArmAsync("due soon", later, options.Due, index => dueFrom + (DueWithin * index / options.Due));
        Print($"all armed {(dueFrom - time.GetUtcNow()).TotalSeconds:0.0} s before the first is due");
        Print($"memory of this process: {Environment.WorkingSet / 1024 / 1024:N0} MB");
        return dueFrom;

        async Task ArmAsync(string what, int from, int count, Func<int, DateTimeOffset> dueAt)
        {
            var begun = time.GetTimestamp();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, count),
                new ParallelOptions { MaxDegreeOfParallelism = Armers, CancellationToken = cancellationToken },
                async (index, token) =>
                {
                    var armed = await timeouts.ArmAsync(
                        new TimeoutChange
                        {
                            Order = OrderReference.FromOrderId(OrderId(from + index)),
                            AskedAt = time.GetUtcNow(),
                            DueAt = dueAt(index),
                        },
                        token
                    );
                    if (armed.Status != ArmStatus.Armed)
                    {
                        throw new InvalidOperationException($"A timeout was not armed: {armed.Status}.");
                    }
                }
            );
            Print($"{what}: {count:N0} armed, {count / time.GetElapsedTime(begun).TotalSeconds:N0} a second");
        }
    }

    private async Task<bool> WaitUntilDoneAsync(
        LocalApp host,
        DateTimeOffset dueFrom,
        CancellationToken cancellationToken
    )
    {
        var waiting = options.Timeouts - options.Due;
        var patience = TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(10.0 * options.Due / options.CallsPerSecond);
        var started = time.GetTimestamp();
        while (true)
        {
            var done = host.Broker.Requests.WhenAsync(
                counts => counts.IsIdle && counts.Scheduled == waiting,
                cancellationToken
            );
            if (await Task.WhenAny(done, Task.Delay(DueWithin, time, cancellationToken)) == done)
            {
                break;
            }

            var counts = host.Broker.Requests.Counts;
            var notDue = counts.Scheduled - waiting;
            Print($"{(time.GetUtcNow() - dueFrom).TotalSeconds:0} s after the first was due: {_calls.Count:N0} calls");
            Print($"  {counts.Ready:N0} are due and wait, {counts.Locked:N0} in progress, {notDue:N0} not due yet");
            if (time.GetElapsedTime(started) > patience)
            {
                return false;
            }
        }

        return await Task.WhenAny(
            host.Broker.Records.WhenAsync(static counts => counts.IsIdle, cancellationToken),
            Task.Delay(patience, time, cancellationToken)
        )
            is { IsCompletedSuccessfully: true };
    }

    private IEnumerable<string> Check(LocalApp host, bool isEmpty)
    {
        if (!isEmpty)
        {
            yield return "the queue did not become empty";
        }

        Dictionary<string, List<string>> outcomes = [];
        while (host.Broker.Local.TryReceive() is { } locked)
        {
            using var body = JsonDocument.Parse(locked.Message.Body);
            var order = body.RootElement.GetProperty("orderId").GetString()!;
            if (!outcomes.TryGetValue(order, out var ofOrder))
            {
                outcomes[order] = ofOrder = [];
            }

            ofOrder.Add(body.RootElement.GetProperty("outcome").GetString()!);
            host.Broker.Local.TryComplete(locked);
        }

        var due = Enumerable.Range(options.Timeouts - options.Due, options.Due).Select(OrderId).ToHashSet();
        var lost = due.Count(order => !outcomes.ContainsKey(order));
        var doubled = due.Count(order =>
            outcomes.GetValueOrDefault(order)?.Count > 1 || host.Simulator.Order(order).CancelCalls > 1
        );
        var wrong = due.Count(order =>
            outcomes.GetValueOrDefault(order)?.Exists(static outcome => outcome != "cancelled") == true
            || host.Simulator.Order(order).Status != OrderStates.Cancelled
        );
        var early = outcomes.Keys.Count(order => !due.Contains(order));
        var letters = host.Broker.Requests.DeadLetters!.Counts.Ready;
        Print($"lost {lost:N0}, doubled {doubled:N0}, not cancelled {wrong:N0}, others {early:N0}");
        Print($"dead letters {letters:N0}");
        if (lost + doubled + wrong + early + letters > 0)
        {
            yield return "a due timeout was not carried out exactly once, or another one was";
        }
    }

    private void ReportCalls(DateTimeOffset dueFrom)
    {
        List<long> calls = [.. _calls.Order()];
        var (most, _) = CallRate.Highest(calls.Select(call => At(call)));
        var sinceLast = time.GetElapsedTime(calls[^1]);
        var took = time.GetUtcNow() - sinceLast - dueFrom;
        var least = TimeSpan.FromSeconds((double)calls.Count / options.CallsPerSecond);
        Print($"{calls.Count:N0} calls, {(double)calls.Count / options.Due:0.00} for each due timeout");
        Print($"the last call came {took.TotalSeconds:0.0} s after the first timeout was due");
        Print($"the budget of {options.CallsPerSecond:N0} calls a second alone takes {least.TotalSeconds:0.0} s");
        Print(
            $"most calls in any second: {most:N0}, allowed with the burst {RunRules.Most(options.CallsPerSecond):N0}"
        );
    }

    private TimeSpan At(long timestamp) => time.GetElapsedTime(0, timestamp);

    private static int Share(int count, int slice) => (int)((long)count * slice / Slices);

    private static string OrderId(int index) => (FirstOrder + index).ToString(CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
