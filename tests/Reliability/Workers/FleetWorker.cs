namespace Reliability.Workers;

/// <summary>One instance of the app: a worker process, and a host that sends it requests and messages.</summary>
internal sealed class FleetWorker : IAsyncDisposable
{
    private static readonly TimeSpan RestartLimit = TimeSpan.FromSeconds(20);

    private readonly WorkerHost _host;
    private readonly ServiceLog _log;

    private FleetWorker(WorkerHost host, ServiceLog log) => (_host, _log) = (host, log);

    /// <summary>The address for HTTP requests.</summary>
    public Uri Http => _host.Http;

    /// <summary>Whether its host accepts requests; it stops when it cannot start a worker again.</summary>
    public bool IsRunning => !_host.HasGivenUp;

    /// <summary>How often its worker was killed.</summary>
    public int Kills { get; private set; }

    public static async Task<FleetWorker> StartAsync(
        WorkerProgram program,
        ServiceLog log,
        CancellationToken cancellationToken
    )
    {
        var host = await WorkerHost.StartAsync(cancellationToken);
        try
        {
            await host.StartWorkerAsync(program, cancellationToken);
            var settings = program.Settings;
            await host.ListenAsync(
                settings["ServiceBus"]!,
                settings["CancelRequestsQueue"]!,
                subscription: null,
                "Delivery",
                cancellationToken
            );
            await host.ListenAsync(
                settings["ServiceBus"]!,
                settings["CancelResultsTopic"]!,
                settings["CancelRecordsSubscription"],
                "RecordAsync",
                cancellationToken
            );
            return new FleetWorker(host, log);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the worker (SIGKILL).</summary>
    public void Kill()
    {
        Kills++;
        _host.Current?.Process.Kill();
    }

    /// <summary>
    /// Kills the worker (SIGKILL), and waits until its host has started another one.
    /// </summary>
    /// <returns>False if it could not, for example because the vault was down.</returns>
    public async Task<bool> RestartAsync(TimeProvider time)
    {
        var killed = _host.Current;
        Kill();
        var started = time.GetTimestamp();
        while (_host.Current is null || _host.Current == killed)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
            if (_host.HasGivenUp || time.GetElapsedTime(started) > RestartLimit)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the worker and its host without settling any message.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        foreach (var worker in _host.Workers)
        {
            foreach (var line in worker.Channel.Logs)
            {
                _log.Add(line);
            }

            foreach (var line in worker.Process.Output.Concat(worker.Process.Errors))
            {
                _log.AddConsole(line);
            }
        }
    }
}
