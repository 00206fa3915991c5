using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Logs failed exports, which the exporters themselves do not: the first failure, further ones at most every ten
/// minutes, and the first success after them.
/// </summary>
internal sealed partial class ExportReport(IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failures> _failing = [];

    // Resolved later: the log exporter is created before logging is available.
    private readonly Lazy<ILogger> _logger = new(services.GetRequiredService<ILogger<ExportReport>>);
    private bool _hasEnded;

    /// <summary>Records a failed export.</summary>
    /// <param name="signal">The exported signal.</param>
    /// <param name="receiver">The host and port of the receiver.</param>
    /// <param name="reason">Why it failed.</param>
    public void Failed(string signal, string receiver, string reason)
    {
        int count;
        lock (_gate)
        {
            var failures = _failing.GetValueOrDefault(signal) ?? new Failures();
            _failing[signal] = failures;
            count = ++failures.Count;
            if (_hasEnded || (count > 1 && time.GetElapsedTime(failures.Reported) < Pause))
            {
                return;
            }

            failures.Reported = time.GetTimestamp();
        }

        Log.Failing(_logger.Value, signal, receiver, LogText.Of(reason), count);
    }

    /// <summary>Records a successful export.</summary>
    public void Succeeded(string signal, string receiver)
    {
        Failures? failures;
        lock (_gate)
        {
            if (!_failing.Remove(signal, out failures) || _hasEnded)
            {
                return;
            }
        }

        Log.Recovered(_logger.Value, signal, receiver, failures.Count);
    }

    /// <summary>Stops logging, before the log is closed.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }
    }

    private sealed class Failures
    {
        public int Count { get; set; }

        public long Reported { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(
            801,
            LogLevel.Warning,
            "Telemetry ({Signal}) cannot be exported to {Receiver}: {Reason}; {Count} exports have failed in a row. "
                + "Check the receiver and the setting that names it"
        )]
        public static partial void Failing(ILogger logger, string signal, string receiver, string reason, int count);

        [LoggerMessage(
            802,
            LogLevel.Information,
            "Telemetry ({Signal}) is exported to {Receiver} again, after {Count} failed exports"
        )]
        public static partial void Recovered(ILogger logger, string signal, string receiver, int count);
    }
}
