using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// Records the service's metrics. Each instrument is checked for a listener first, so that nothing is allocated without
/// one.
/// </summary>
internal sealed class CancellationMetrics
{
    // More deliveries than any schedule has. The number is an attribute, and senders must not be able to create an
    // unlimited number of attribute values.
    private const int MostDeliveries = 40;

    private readonly Meter _meter;
    private readonly Counter<long> _outcomes;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _attempts;
    private readonly Histogram<double> _calls;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _publishFailures;
    private readonly Counter<long> _timeouts;
    private readonly Histogram<double> _recordLag;
    private readonly Histogram<double> _permitWait;

    public CancellationMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        _meter = meters.Create(new MeterOptions(TelemetryNames.Source));
        _outcomes = Counter(ServiceInstrument.Outcomes);
        _duration = Histogram<double>(ServiceInstrument.Duration);
        _attempts = Histogram<long>(ServiceInstrument.Attempts);
        _calls = Histogram<double>(ServiceInstrument.ProviderCallDuration);
        _retries = Counter(ServiceInstrument.QueueRetries);
        _publishFailures = Counter(ServiceInstrument.PublishFailures);
        _timeouts = Counter(ServiceInstrument.Timeouts);
        _recordLag = Histogram<double>(ServiceInstrument.RecordLag);
        _permitWait = Histogram<double>(ServiceInstrument.PermitWait);
    }

    /// <summary>Records a finished request.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="errorType">Why it failed; null if it did not.</param>
    /// <param name="attempts">Attempts at the provider.</param>
    /// <param name="duration">How long the work on it took.</param>
    public void Finished(string outcome, string trigger, string? errorType, int attempts, TimeSpan duration)
    {
        if (_attempts.Enabled)
        {
            _attempts.Record(attempts, new TagList { { TelemetryNames.Outcome, outcome } });
        }

        if (!_outcomes.Enabled && !_duration.Enabled)
        {
            return;
        }

        var tags = new TagList { { TelemetryNames.Outcome, outcome }, { TelemetryNames.Trigger, trigger } };
        if (errorType is not null)
        {
            tags.Add(TelemetryNames.ErrorType, errorType);
        }

        _outcomes.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Whether anyone listens to provider calls; otherwise their duration need not be measured.</summary>
    public bool WantsCalls => _calls.Enabled;

    /// <summary>Records a call to the provider.</summary>
    /// <param name="operation">The vendor's name of the operation.</param>
    /// <param name="reply">The kind of reply.</param>
    /// <param name="statusCode">The status of the answer; null for no answer.</param>
    /// <param name="duration">How long it took.</param>
    public void Called(string operation, string reply, int? statusCode, TimeSpan duration)
    {
        if (!_calls.Enabled)
        {
            return;
        }

        var tags = new TagList { { TelemetryNames.Operation, operation }, { TelemetryNames.Reply, reply } };
        if (statusCode is { } status)
        {
            tags.Add(TelemetryNames.StatusCode, status);
        }

        _calls.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Records that a call waited for a permit of the limit of calls a second.</summary>
    /// <param name="limit">The limit that it asked last.</param>
    /// <param name="isGranted">Whether it got the permit.</param>
    /// <param name="wait">How long it waited.</param>
    public void Waited(PermitSource limit, bool isGranted, TimeSpan wait)
    {
        if (!_permitWait.Enabled)
        {
            return;
        }

        var tags = new TagList { { TelemetryNames.Limit, limit.Name() } };
        if (!isGranted)
        {
            tags.Add(TelemetryNames.ErrorType, "throttled");
        }

        _permitWait.Record(wait.TotalSeconds, tags);
    }

    /// <summary>Records that a message was scheduled for another delivery.</summary>
    /// <param name="delivery">The number of that delivery.</param>
    public void Retried(int delivery)
    {
        if (_retries.Enabled)
        {
            _retries.Add(1, new TagList { { TelemetryNames.Delivery, Math.Min(delivery, MostDeliveries) } });
        }
    }

    /// <summary>Records an outcome event that could not be published, or whose publication is unknown.</summary>
    public void NotPublished() => _publishFailures.Add(1);

    /// <summary>Records what happened to a timeout.</summary>
    public void TimeoutChanged(TimeoutEvent change)
    {
        if (_timeouts.Enabled)
        {
            _timeouts.Add(1, new TagList { { TelemetryNames.Event, change.Name() } });
        }
    }

    /// <summary>Records how long after its outcome was established a record was written.</summary>
    public void Recorded(TimeSpan lag) => _recordLag.Record(lag.TotalSeconds);

    /// <summary>Registers a gauge.</summary>
    public void Observe(ServiceInstrument gauge, Func<long> value) =>
        _meter.CreateObservableGauge(gauge.Name, value, gauge.Unit, gauge.Description);

    /// <summary>Registers a gauge whose value may not exist yet (null).</summary>
    public void Observe(ServiceInstrument gauge, Func<double?> value) =>
        _meter.CreateObservableGauge<double>(
            gauge.Name,
            () => value() is { } known ? [new Measurement<double>(known)] : [],
            gauge.Unit,
            gauge.Description
        );

    private Counter<long> Counter(ServiceInstrument instrument) =>
        _meter.CreateCounter<long>(instrument.Name, instrument.Unit, instrument.Description);

    private Histogram<T> Histogram<T>(ServiceInstrument instrument)
        where T : struct, System.Numerics.INumber<T> =>
        _meter.CreateHistogram(
            instrument.Name,
            instrument.Unit,
            instrument.Description,
            tags: null,
            new InstrumentAdvice<T> { HistogramBucketBoundaries = [.. instrument.Buckets!.Select(T.CreateChecked)] }
        );
}
