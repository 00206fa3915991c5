using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Exports the remaining telemetry when the host has stopped, within a time limit. Without it the disposal of the
/// providers would not export the gauges, and a receiver that never responds would delay the end of the process by five
/// seconds for each signal, or by more if an exporter's own timeout is longer.
/// </summary>
internal sealed class FlushOnStop : IHostedLifecycleService, IDisposable
{
    // The platform kills a worker five seconds after it has asked it to stop; GracefulShutdown.Limit uses up to four of
    // them.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.8);
    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(0.8);

    // The first export takes longer: the exporter has to be compiled.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(2);

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;
    private readonly LoggerProvider _log;
    private readonly ExportReport _report;
    private readonly CancellationTokenRegistration _onStopping;
    private readonly Lock _gate = new();
    private Task? _flushed;
    private long _stopping;

    public FlushOnStop(
        MeterProvider metrics,
        TracerProvider traces,
        LoggerProvider log,
        ExportReport report,
        IHostApplicationLifetime lifetime
    )
    {
        (_metrics, _traces, _log, _report) = (metrics, traces, log, report);

        // Not StoppingAsync: a host that is asked to stop before its start is complete does not call that.
        _onStopping = lifetime.ApplicationStopping.Register(() => _stopping = Stopwatch.GetTimestamp());
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => FlushAsync();

    /// <summary>Flushes if the host did not start, or was asked to stop before its start was complete.</summary>
    public void Dispose()
    {
        FlushAsync().GetAwaiter().GetResult();
        _onStopping.Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task FlushAsync()
    {
        lock (_gate)
        {
            return _flushed ??= ShutDownAsync();
        }
    }

    /// <summary>
    /// Shuts the providers down, which exports what they have; their disposal then waits for nothing. A shutdown can
    /// exceed its own timeout, so the wait has one too.
    /// </summary>
    private async Task ShutDownAsync()
    {
        _report.End();
        var timeout = Timeout();
        var milliseconds = (int)timeout.TotalMilliseconds;
        Task[] shutdowns =
        [
            Task.Run(() => _metrics.Shutdown(milliseconds), CancellationToken.None),
            Task.Run(() => _traces.Shutdown(milliseconds), CancellationToken.None),
            Task.Run(() => _log.Shutdown(milliseconds), CancellationToken.None),
        ];
        await Task.WhenAll(shutdowns)
            .WaitAsync(timeout, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// The time that remains until the deadline, within bounds; the minimum if the host did not start.
    /// </summary>
    private TimeSpan Timeout()
    {
        var left = _stopping == 0 ? TimeSpan.Zero : Deadline - Stopwatch.GetElapsedTime(_stopping);
        return TimeSpan.FromTicks(Math.Clamp(left.Ticks, MinTimeout.Ticks, MaxTimeout.Ticks));
    }
}
