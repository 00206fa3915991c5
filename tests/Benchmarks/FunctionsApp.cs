namespace Benchmarks;

/// <summary>A Functions app: its worker, and in another process the host before it.</summary>
internal sealed class FunctionsApp : IAsyncDisposable
{
    private readonly AppEnvironment _environment;
    private readonly Child _host;
    private int _worker;

    private FunctionsApp(AppEnvironment environment, Child host) => (_environment, _host) = (environment, host);

    public Uri Address => _host.Address;

    /// <summary>Processor time of the worker so far.</summary>
    public TimeSpan WorkerCpu => Child.CpuOf(_worker);

    /// <summary>Processor time of the host so far.</summary>
    public TimeSpan HostCpu => _host.Cpu;

    /// <summary>The worker's peak of resident memory, in MiB.</summary>
    public double PeakMemory => Child.PeakMemoryOf(_worker);

    /// <summary>Starts a host without a worker.</summary>
    public static async Task<FunctionsApp> StartAsync(string assembly, AppEnvironment environment) =>
        new(environment, await Child.StartAsync(environment.Settings, "functions", assembly));

    /// <summary>Starts a new worker, instead of the present one.</summary>
    /// <returns>Milliseconds until its first answer to a cancel.</returns>
    public async Task<double> StartWorkerAsync()
    {
        var duration = await _host.AskNumberAsync("start");
        _worker = (int)await _host.AskNumberAsync("worker");
        return duration;
    }

    /// <summary>Sends the messages of the queue to a function, and starts a worker if there is none.</summary>
    public async Task ListenAsync(string function)
    {
        await _host.AskAsync($"listen {function}");
        _worker = (int)await _host.AskNumberAsync("worker");
    }

    /// <summary>Puts requests into the queue and waits until all of them are completed.</summary>
    public async Task<LoadResult> RunMessagesAsync(int count)
    {
        await _host.AskAsync($"expect {count}");
        await _environment.SendAsync(count);
        return LoadResult.OfMessages(count, await _host.AskNumberAsync("completed"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
