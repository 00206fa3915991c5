using System.Collections.Concurrent;
using System.Diagnostics;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Collects the service's spans as an exporter does, separately for each trace, because other tests run at the same
/// time.
/// </summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TelemetryNames.Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>A trace started by a caller.</summary>
    public static (ActivityTraceId Id, string Parent) NewTrace()
    {
        var id = ActivityTraceId.CreateRandom();
        return (id, $"00-{id}-b7ad6b7169203331-01");
    }

    /// <summary>The completed spans of a trace, ordered by start.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) =>
        [
            .. _ended
                .Where(span => span.TraceId == trace)
                .OrderBy(static span => span.StartTimeUtc)
                .ThenByDescending(static span => span.Duration),
        ];

    public void Dispose() => _listener.Dispose();
}
