namespace FunctionsHost;

/// <summary>
/// The worker that receives invocations. As in the Functions host, an invocation waits while the worker restarts
/// (Azure/azure-functions-host, WorkerFunctionInvoker.DelayUntilFunctionDispatcherInitializedOrShutdown).
/// </summary>
internal sealed class CurrentWorker
{
    private volatile TaskCompletionSource<Worker> _worker = Create();

    /// <summary>The latest worker, or null.</summary>
    public Worker? Started => _worker.Task is { IsCompletedSuccessfully: true } started ? started.Result : null;

    /// <summary>Waits until there is a worker.</summary>
    /// <exception cref="IOException">No other worker will start.</exception>
    public Task<Worker> GetAsync(CancellationToken cancellationToken) => _worker.Task.WaitAsync(cancellationToken);

    /// <summary>Sends all further invocations to a worker.</summary>
    public void Set(Worker worker)
    {
        if (!_worker.TrySetResult(worker))
        {
            Remove();
            _worker.SetResult(worker);
        }
    }

    /// <summary>Makes invocations wait for the next worker.</summary>
    public void Remove() => _worker = Create();

    /// <summary>Fails the waiting invocations and all later ones.</summary>
    public void Fail(Exception reason) => _worker.TrySetException(reason);

    private static TaskCompletionSource<Worker> Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
