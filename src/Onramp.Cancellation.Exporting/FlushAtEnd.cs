using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Onramp.Cancellation.Exporting;

/// <summary>
/// Sends what is not sent yet when the host has stopped. Left to the disposal it would come too late: the meter is gone by then, and with it the gauges, and an
/// exporter may not find what it sends with.
/// </summary>
internal sealed class FlushAtEnd(MeterProvider metrics, TracerProvider traces, LoggerProvider log) : IHostedLifecycleService
{
    // What is left of the seconds that the platform gives a worker to end, once work under way has had its own.
    private const int PatienceMilliseconds = 800;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => metrics.ForceFlush(PatienceMilliseconds), CancellationToken.None),
        Task.Run(() => traces.ForceFlush(PatienceMilliseconds), CancellationToken.None),
        Task.Run(() => log.ForceFlush(PatienceMilliseconds), CancellationToken.None));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
