using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Hosting;

/// <summary>
/// Ends work before anything else of a host stops: what is under way may still need the web server, and the host of
/// Azure's functions waits for nothing but requests by HTTP.
/// </summary>
public sealed class GracefulShutdown(WorkInProgress work) : IHostedLifecycleService
{
    /// <summary>
    /// How long work under way may take once the host is asked to stop. Azure's functions host kills a worker five
    /// seconds after that.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long stopping may take altogether, so that the process is gone within those five seconds. A host sets its
    /// shutdown timeout to it.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => work.CloseAsync(Patience, cancellationToken);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
