using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Exports what is left when the host has stopped, and waits only so long for it. Left to the disposal of the
/// providers, the gauges would be missing and a receiver that never answers would hold up the process for five seconds
/// a signal, or for longer if an exporter's own timeout is longer.
/// </summary>
internal sealed class FlushAtEnd(MeterProvider metrics, TracerProvider traces, LoggerProvider log, ExportReport report)
    : IHostedLifecycleService,
        IDisposable
{
    // The platform kills a worker five seconds after it has asked it to stop, and GracefulShutdown.Limit takes at most four of
    // them.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.8);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(0.8);

    // An exporter that has not run before still has to be compiled.
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task? _ended;
    private long _stopping;

    public Task StoppedAsync(CancellationToken cancellationToken) => EndAsync();

    /// <summary>A host that could not start is disposed without having been stopped.</summary>
    public void Dispose() => EndAsync().GetAwaiter().GetResult();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = Stopwatch.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task EndAsync()
    {
        lock (_gate)
        {
            return _ended ??= ShutDownAsync();
        }
    }

    /// <summary>
    /// After its shutdown a provider's disposal waits for nothing. A shutdown itself may take longer than it was told
    /// to.
    /// </summary>
    private async Task ShutDownAsync()
    {
        report.End();
        var patience = Patience();
        var milliseconds = (int)patience.TotalMilliseconds;
        Task[] shutdowns =
        [
            Task.Run(() => metrics.Shutdown(milliseconds), CancellationToken.None),
            Task.Run(() => traces.Shutdown(milliseconds), CancellationToken.None),
            Task.Run(() => log.Shutdown(milliseconds), CancellationToken.None),
        ];
        await Task.WhenAll(shutdowns)
            .WaitAsync(patience, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// What is left until the deadline, within bounds; the least of it for a host that could not start.
    /// </summary>
    private TimeSpan Patience()
    {
        var left = _stopping == 0 ? TimeSpan.Zero : Deadline - Stopwatch.GetElapsedTime(_stopping);
        return TimeSpan.FromTicks(Math.Clamp(left.Ticks, LeastPatience.Ticks, MostPatience.Ticks));
    }
}
