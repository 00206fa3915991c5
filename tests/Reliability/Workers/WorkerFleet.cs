using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Reliability.Workers;

/// <summary>
/// The service in several worker processes, each with its own host: one broker, one provider and one vault, which are
/// the local host's; one table account, which is Azurite's; and one Redis. Workers are killed and started again while
/// requests arrive.
/// </summary>
internal sealed class WorkerFleet : IService
{
    /// <summary>How often one host restarts its worker; after the third time it gives up.</summary>
    private const int RestartsOfOneHost = 2;

    private const int MaxStarts = 10;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);
    private const int KillsOfBriefRun = 2;

    private static readonly TimeSpan ShortestPeace = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestPeace = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan PeaceOfBriefRun = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RedisGoneFor = TimeSpan.FromSeconds(2);

    private readonly LocalApp _host;
    private readonly RunOptions _options;
    private readonly ServiceLog _log;
    private readonly TimeProvider _time;
    private readonly AzuriteProcess? _tables;
    private readonly RedisProcess? _redis;
    private readonly FleetWorker?[] _workers;
    private readonly Dictionary<string, string?> _settings;
    private readonly Random _random;
    private int _next;
    private bool _isDisposed;

    private WorkerFleet(
        LocalApp host,
        RunOptions options,
        ServiceLog log,
        IEnumerable<KeyValuePair<string, string?>> settings,
        AzuriteProcess? tables,
        RedisProcess? redis,
        TimeProvider time
    )
    {
        (_host, _options, _log, _tables, _redis, _time) = (host, options, log, tables, redis, time);
        _workers = new FleetWorker?[options.Workers];
        _settings = SettingsOf(host, options, settings, tables, redis);
        _random = new Random(options.Seed);
        Client = new HttpClient(new NextWorkerHandler(this))
        {
            BaseAddress = new Uri("http://fleet.invalid/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>What this machine lacks; null if it can run workers.</summary>
    public static string? MissingPart(RunOptions options) =>
        (options.UsesAzurite ? AzuriteProcess.MissingPart(AzuriteProgram) : null)
        ?? (options.CallsPerSecond > 0 ? RedisProcess.MissingPart : null);

    public HttpClient Client { get; }

    public bool LosesAnswers => true;

    /// <summary>How often a worker was killed.</summary>
    public int Kills { get; private set; }

    public IReadOnlyList<Incident> Incidents =>
        [
            .. _tables is null ? [] : (Incident[])[new("tables hang", FreezeTablesAsync)],
            .. _redis is null ? [] : (Incident[])[new("Redis restarted", RestartRedisAsync)],
        ];

    /// <summary>Starts what the workers share.</summary>
    public static async Task<WorkerFleet> CreateAsync(
        LocalApp host,
        RunOptions options,
        IEnumerable<KeyValuePair<string, string?>> settings,
        ServiceLog log,
        TimeProvider time
    )
    {
        if (MissingPart(options) is { } missing)
        {
            throw new InvalidOperationException(missing);
        }

        return new WorkerFleet(
            host,
            options,
            log,
            settings,
            options.UsesAzurite ? await AzuriteProcess.StartAsync(AzuriteProgram) : null,
            options.CallsPerSecond > 0 ? await RedisProcess.StartNewAsync() : null,
            time
        );
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var index = 0; index < _workers.Length; index++)
        {
            _workers[index] = await StartWorkerAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Kills a worker every few seconds. Sometimes its host goes on and starts another one; sometimes the host is gone
    /// too, and another instance takes its place.
    /// </summary>
    public async Task DisturbAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !(_options.IsBrief && Kills == KillsOfBriefRun))
        {
            var peace = ShortestPeace + (_random.NextDouble() * (LongestPeace - ShortestPeace));
            peace = _options.IsBrief ? PeaceOfBriefRun : peace;
            await Task.Delay(peace, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Kills == 0 || !stop.IsCancellationRequested)
            {
                await KillAsync(_random.Next(_workers.Length), withHost: _random.Next(2) == 0);
            }
        }
    }

    public void SkipAhead(TimeSpan time)
    {
        // The workers have clocks of their own.
    }

    public void ForgetIds()
    {
        _host.Broker.Requests.ForgetIds();
        _host.Broker.Results.ForgetIds();
    }

    /// <summary>
    /// Replaces an instance. The client of its host can block itself for good when its connection breaks while it
    /// settles a message.
    /// </summary>
    public Task ReplaceOneAsync() => KillAsync(_random.Next(_workers.Length), withHost: true);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Client.Dispose();
        foreach (var worker in _workers.OfType<FleetWorker>())
        {
            await EndAsync(worker);
        }

        if (_tables is not null)
        {
            await _tables.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    /// <summary>The address of the next instance in turn; waits while there is none.</summary>
    internal async Task<Uri> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            for (var tried = 0; tried < _workers.Length; tried++)
            {
                var index = (int)((uint)Interlocked.Increment(ref _next) % (uint)_workers.Length);
                if (Volatile.Read(ref _workers[index]) is { IsRunning: true } worker)
                {
                    return worker.Http;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, cancellationToken);
        }
    }

    private static string AzuriteProgram => Metadata("Azurite");

    private static string Metadata(string key) =>
        typeof(WorkerFleet)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == key)
            .Value!;

    private static Dictionary<string, string?> SettingsOf(
        LocalApp host,
        RunOptions options,
        IEnumerable<KeyValuePair<string, string?>> own,
        AzuriteProcess? tables,
        RedisProcess? redis
    )
    {
        Dictionary<string, string?> settings = [];
        foreach (var (name, value) in host.FunctionsAppSettings!)
        {
            settings[name] = value;
        }

        foreach (var (name, value) in own)
        {
            if (!name.StartsWith("LocalHost__", StringComparison.Ordinal))
            {
                settings[name] = value;
            }
        }

        if (tables is not null)
        {
            settings["Records__ConnectionString"] = tables.ConnectionString;

            // All workers share one thread of Azurite, which looks for a row in all of them. Operations that are given up
            // too soon are repeated, and it never catches up.
            settings["Records__OperationTimeout"] = "00:00:05";
        }

        if (redis is not null)
        {
            settings["Onramp__CallsPerSecond"] = options.CallsPerSecond.ToString(CultureInfo.InvariantCulture);
            settings["Onramp__MaxInstances"] = options.Workers.ToString(CultureInfo.InvariantCulture);
            settings["Onramp__SharedLimit__Redis"] = redis.Address;
        }

        return settings;
    }

    /// <summary>
    /// Starts an instance, and tries again as the platform does: a worker does not start without the vault.
    /// </summary>
    private async Task<FleetWorker> StartWorkerAsync(CancellationToken cancellationToken)
    {
        WorkerProgram program = new(Metadata("QueueWorker")) { Settings = _settings };
        for (var start = 1; ; start++)
        {
            try
            {
                return await FleetWorker.StartAsync(program, _log, cancellationToken);
            }
            catch (InvalidOperationException) when (start < MaxStarts)
            {
                await Task.Delay(Episodes.OutageLasts(_options), _time, cancellationToken);
            }
        }
    }

    private async Task KillAsync(int index, bool withHost)
    {
        if (_workers[index] is not { } worker)
        {
            return;
        }

        Kills++;
        if (!withHost && worker.Kills < RestartsOfOneHost && await worker.RestartAsync(_time))
        {
            return;
        }

        Volatile.Write(ref _workers[index], null);
        worker.Kill();
        await EndAsync(worker);
        Volatile.Write(ref _workers[index], await StartWorkerAsync(CancellationToken.None));
    }

    /// <summary>Ends an instance. Its host's client may be blocked for good; then it is left behind.</summary>
    private async Task EndAsync(FleetWorker worker)
    {
        using CancellationTokenSource limit = new();
        await Task.WhenAny(worker.DisposeAsync().AsTask(), Task.Delay(EndLimit, _time, limit.Token));
        await limit.CancelAsync();
    }

    private async Task FreezeTablesAsync(CancellationToken cancellationToken)
    {
        await SignalAsync("STOP");
        await Task.Delay(Episodes.OutageLasts(_options), _time, cancellationToken);
        await SignalAsync("CONT");
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_tables!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task RestartRedisAsync(CancellationToken cancellationToken)
    {
        await _redis!.StopAsync();
        await Task.Delay(RedisGoneFor, _time, cancellationToken);
        await _redis.StartAsync();
    }
}
