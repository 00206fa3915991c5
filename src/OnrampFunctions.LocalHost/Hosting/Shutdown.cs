namespace OnrampFunctions.Local;

/// <summary>Ends work before the web server stops: what is under way may still need the simulator, which that server serves.</summary>
internal sealed class Shutdown(WorkInProgress work) : IHostedLifecycleService
{
    /// <summary>How long work under way may take after Ctrl+C.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How long stopping may take altogether, so that the process is gone within five seconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    public Task StoppingAsync(CancellationToken cancellationToken) => work.CloseAsync(Patience, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
