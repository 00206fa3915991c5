namespace FunctionsHost;

/// <summary>
/// The worker that gets invocations. As at the Functions host, an invocation waits while a worker is started again
/// (Azure/azure-functions-host, WorkerFunctionInvoker.DelayUntilFunctionDispatcherInitializedOrShutdown).
/// </summary>
internal sealed class CurrentWorker
{
    private volatile TaskCompletionSource<Worker> _worker = Create();

    /// <summary>The worker that was started last; null while there is none.</summary>
    public Worker? Started => _worker.Task is { IsCompletedSuccessfully: true } started ? started.Result : null;

    /// <summary>Waits while there is no worker.</summary>
    /// <exception cref="IOException">No other worker is started.</exception>
    public Task<Worker> GetAsync(CancellationToken cancellationToken) => _worker.Task.WaitAsync(cancellationToken);

    /// <summary>Gives invocations to a worker from now on.</summary>
    public void Set(Worker worker)
    {
        if (!_worker.TrySetResult(worker))
        {
            Remove();
            _worker.SetResult(worker);
        }
    }

    /// <summary>Lets invocations wait for the next worker.</summary>
    public void Remove() => _worker = Create();

    /// <summary>Fails the invocations that wait, and all later ones.</summary>
    public void Fail(Exception reason) => _worker.TrySetException(reason);

    private static TaskCompletionSource<Worker> Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
