using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Hosting;

/// <summary>
/// Ends work before any other part of a host stops. In-flight work may still need the web server, and the Functions
/// host only waits for HTTP requests.
/// </summary>
public sealed class GracefulShutdown(WorkInProgress work) : IHostedLifecycleService
{
    /// <summary>
    /// How long in-flight work may take once the host is asked to stop. The Functions host kills a worker five seconds
    /// after that.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long stopping may take in total, so that the process ends within those five seconds. A host uses it as its
    /// shutdown timeout.
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
