using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reliability.Workers;

namespace Reliability;

/// <summary>The result of a run.</summary>
/// <param name="Records">Every request with its results. A resubmitted dead letter is another request.</param>
/// <param name="Violations">Broken promises.</param>
/// <param name="Injected">Injected faults and their numbers.</param>
/// <param name="Said">Log events of the service and their numbers.</param>
/// <param name="Exported">Exported spans, instruments and log records by name.</param>
/// <param name="Searched">The numbers of searched texts and of secrets.</param>
/// <param name="Calls">The most calls that the provider received in any second, and when.</param>
/// <param name="Kills">How often a worker was killed.</param>
/// <param name="Duration">The duration of the run.</param>
public sealed record RunResult(
    IReadOnlyList<Record> Records,
    IReadOnlyList<Violation> Violations,
    IReadOnlyDictionary<string, long> Injected,
    IReadOnlyDictionary<string, long> Said,
    IReadOnlyDictionary<string, long> Exported,
    (int Texts, int Secrets) Searched,
    (int Calls, TimeSpan From) Calls,
    int Kills,
    TimeSpan Duration
);

/// <summary>
/// Runs thousands of cancels through the whole local host, by HTTP and with real Service Bus clients, with all kinds of
/// faults. It then resubmits the dead letters and checks every promise.
/// </summary>
public sealed class ReliabilityRun(RunOptions options, TimeProvider realTime)
{
    // A message may wait for tables or for a row three times. In one process the clock is set forward instead.
    private readonly TimeSpan _drainPatience = (options.Workers == 0 ? 1 : 5) * FaultPlan.LongestWait;

    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(15);

    private readonly RunClock _time = new(realTime);
    private readonly RecordedTexts _sayings = new();
    private int _asked;

    /// <summary>The number of requests so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What this machine lacks for a run; null if nothing.</summary>
    public static string? MissingPart(RunOptions options) =>
        options.Workers == 0 ? null : WorkerFleet.MissingPart(options);

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        using var log = new ServiceLog(_sayings);
        var exported = new ExportedTelemetry(_sayings);
        await using var host = Create(log, exported);
        await host.StartAsync(cancellationToken);
        await using var service = await CreateServiceAsync(host, log);
        await service.StartAsync(cancellationToken);
        await using var queue = new QueueClient(host, _time);
        await using var subscriber = new Subscriber(host, _time);
        await using var tool = new DeadLetterTool(host, _time);
        var chronicle = new RunHistory(host, _time);
        await using var hostile = new HostileSender(host, _time);
        var episodes = new Episodes(host, options, service.Incidents, _time);

        List<PlannedRequest> plans = [.. Enumerable.Range(0, options.Requests + 1).Select(Plan)];
        List<Record> asked =
        [
            .. plans.Zip(plans.Skip(1), static (plan, next) => Plan(plan with { LendsKey = next.SharesKey })),
        ];
        List<Record> records = [.. asked, .. asked.Select(record => record.Twin).OfType<Record>()];
        await subscriber.StartAsync();
        var happening = episodes.RunAsync(cancellationToken);
        ApiClient api = new(service, options, chronicle, _sayings, _time);
        var caller = new Caller(api, queue, host.Simulator, chronicle, _time);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var attacks = hostile.RunAsync(stop.Token, cancellationToken);
            var disturbing = service.DisturbAsync(stop.Token);
            await AskAsync(caller, asked, episodes, service, cancellationToken);
            await happening;
            await stop.CancelAsync();
            await Task.WhenAll(attacks, disturbing);
        }

        List<string> left = [.. await DrainAsync(host, service, cancellationToken)];
        var first = new RunResults(host, chronicle, _sayings, records, hostile, earlier: []);
        first.Collect(subscriber.Take(), await tool.TakeAllAsync(cancellationToken));

        await AskRecordsAsync(api, asked, cancellationToken);
        var again = options.IsBrief ? [] : Resubmission.Plan(first);
        await PutBackAsync(host, service, tool, again, cancellationToken);
        left.AddRange(await DrainAsync(host, service, cancellationToken));
        List<Record> resubmitted = [.. again.Select(back => back.Record)];
        var second = new RunResults(host, chronicle, _sayings, resubmitted, hostile, earlier: records);
        second.Collect(subscriber.Take(), await tool.TakeAllAsync(cancellationToken));

        await service.DisposeAsync();
        await host.StopAsync(cancellationToken);
        records.AddRange(resubmitted);
        var secrets = SecretsOf(chronicle, records, episodes);
        var calls = CallRate.Highest(chronicle.Received.Select(static call => call.At));
        var violations = records
            .SelectMany(Invariants.Check)
            .Concat(
                RunRules.Check(
                    records,
                    first.Strangers.Concat(second.Strangers),
                    first.Attacks.Concat(second.Attacks).Concat(hostile.Vanished),
                    log.ProgramFaults,
                    left
                )
            )
            .Concat(RunRules.CheckCalls(calls, options.CallsPerSecond))
            .Concat(_sayings.Find(secrets));
        var injected = host
            .Faults.Injected.Concat(episodes.Counts)
            .Append(KeyValuePair.Create("all: attacks by a hostile sender", (long)hostile.Attacks))
            .ToDictionary();
        return new RunResult(
            records,
            [.. violations],
            injected,
            log.Counts.ToDictionary(),
            exported.Names,
            (_sayings.Count, secrets.Count),
            calls,
            service.Kills,
            chronicle.Now
        );
    }

    private async Task<IService> CreateServiceAsync(LocalApp host, ServiceLog log) =>
        options.Workers == 0
            ? new OneProcess(host, options, _time)
            : await WorkerFleet.CreateAsync(host, options, FaultPlan.Settings(options), log, _time);

    private PlannedRequest Plan(int number)
    {
        var request = PlannedRequest.Plan(number, options.Seed);
        return options.IsBrief && request.IsTimeout ? request with { Way = Way.Http } : request;
    }

    private static Record Plan(PlannedRequest request) =>
        new(request) { Twin = request.HasTwin ? new Record(request.Twin()) : null };

    private LocalApp Create(ServiceLog log, ExportedTelemetry exported) =>
        LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = _time,
                Quiet = true,
                Settings = FaultPlan.Settings(options),
                ConfigureServices = services =>
                {
                    exported.AddTo(services);
                    services
                        .AddSingleton<ILoggerProvider>(log)
                        .Configure<LoggerFilterOptions>(static filter =>
                        {
                            // All logs of our own code, and those of the framework that the program shows.
                            filter.MinLevel = LogLevel.Warning;
                            filter.Rules.Add(new LoggerFilterRule(null, "Onramp", LogLevel.Trace, null));
                        });
                },
            }
        );

    private async Task AskAsync(
        Caller caller,
        List<Record> records,
        Episodes episodes,
        IService service,
        CancellationToken cancellationToken
    )
    {
        await Parallel.ForEachAsync(
            records,
            new ParallelOptions { MaxDegreeOfParallelism = options.Callers, CancellationToken = cancellationToken },
            async (record, token) =>
            {
                await episodes.TurnAsync(record.Request.Number, token);
                await caller.AskAsync(record, token);
                Interlocked.Increment(ref _asked);
            }
        );
        await caller.LaterAsync();
    }

    /// <summary>Reads the record of every deferred request.</summary>
    private Task AskRecordsAsync(ApiClient api, IEnumerable<Record> asked, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            asked,
            new ParallelOptions { MaxDegreeOfParallelism = options.Callers, CancellationToken = cancellationToken },
            async (record, token) =>
            {
                if (
                    record.Answers.Select(static answer => answer.Location).OfType<string>().FirstOrDefault() is
                    { } location
                )
                {
                    record.RecordedOutcome = await api.FindOutcomeAsync(record, location, token);
                }
            }
        );

    private static async Task PutBackAsync(
        LocalApp host,
        IService service,
        DeadLetterTool tool,
        IReadOnlyList<(Record Record, IReadOnlyList<ServiceBusReceivedMessage> Letters)> again,
        CancellationToken cancellationToken
    )
    {
        if (again.Count > 0)
        {
            service.ForgetIds();
        }

        foreach (var (record, _) in again)
        {
            Resubmission.Mend(record, host.Simulator);
        }

        foreach (var letter in again.SelectMany(back => back.Letters))
        {
            await tool.PutBackAsync(letter, cancellationToken);
        }
    }

    /// <summary>Waits until queue and topic are empty. Returns what is left of them after a long time.</summary>
    private async Task<IEnumerable<string>> DrainAsync(
        LocalApp host,
        IService service,
        CancellationToken cancellationToken
    )
    {
        // An alarm without a row is kept for a minute, in case that its row is still being written.
        service.SkipAhead(FaultPlan.LongestWait);
        var started = _time.GetTimestamp();
        foreach (
            var (name, queue, isEmpty) in ((string Name, MessageQueue Queue, Func<QueueCounts, bool> IsEmpty)[])
                [
                    ("the queue", host.Broker.Requests, static counts => counts.IsIdle && counts.Scheduled == 0),
                    ("the subscription records", host.Broker.Records, static counts => counts.IsIdle),
                    ("the subscription of this run", host.Broker.Local, static counts => counts.IsIdle),
                ]
        )
        {
            while (!await IsAsync(queue, isEmpty, StallLimit, cancellationToken))
            {
                if (_time.GetElapsedTime(started) > _drainPatience)
                {
                    return [$"{name} did not become empty: {queue.Counts}"];
                }

                if (queue.Counts.Ready > 0)
                {
                    await service.ReplaceOneAsync();
                }
                else
                {
                    service.SkipAhead(FaultPlan.LongestWait);
                }
            }
        }

        return [];
    }

    private async Task<bool> IsAsync(
        MessageQueue queue,
        Func<QueueCounts, bool> isEmpty,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await queue.WhenAsync(isEmpty, cancellationToken).WaitAsync(limit, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Secrets SecretsOf(RunHistory chronicle, IEnumerable<Record> records, Episodes episodes)
    {
        var secrets = new Secrets();
        foreach (var (_, sent) in chronicle.Received)
        {
            secrets.Add(SecretKind.Signature, sent.Signature);
            secrets.Add(SecretKind.Payload, sent.Payload);
        }

        foreach (var request in records.Select(record => record.Request).Where(request => request.ByHash))
        {
            secrets.Add(SecretKind.Hash, request.Hash);
        }

        foreach (
            var pair in Enumerable
                .Range(0, episodes.PairCount)
                .Select(number => CredentialPairs.Of(options.Seed, number))
        )
        {
            secrets.Add(SecretKind.Key, pair.ApiKey);
            secrets.Add(SecretKind.Secret, pair.ApiSecret);
        }

        return secrets;
    }
}
