using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// Records what the service does. Each instrument is asked first whether anybody listens: without a listener nothing is
/// put together and nothing allocated.
/// </summary>
internal sealed class CancellationMetrics
{
    // More than any schedule has deliveries; the number is an attribute, and whoever may send to the queue must not be
    // able to make up ever more of them.
    private const int MostDeliveries = 40;

    private readonly Meter _meter;
    private readonly Counter<long> _outcomes;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _attempts;
    private readonly Histogram<double> _calls;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _publishFailures;

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
    }

    /// <summary>A request is finished.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="trigger">What asked.</param>
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

    /// <summary>
    /// Whether anybody wants to know of calls to the provider: their time need not be taken otherwise.
    /// </summary>
    public bool WantsCalls => _calls.Enabled;

    /// <summary>A call to the provider has ended.</summary>
    /// <param name="operation">What the vendor calls it.</param>
    /// <param name="reply">What came of it.</param>
    /// <param name="statusCode">The status of the answer; null when none came.</param>
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

    /// <summary>A message was put back on the queue for another delivery by the schedule.</summary>
    /// <param name="delivery">The number of that delivery.</param>
    public void Retried(int delivery)
    {
        if (_retries.Enabled)
        {
            _retries.Add(1, new TagList { { TelemetryNames.Delivery, Math.Min(delivery, MostDeliveries) } });
        }
    }

    /// <summary>An outcome event could not be published, or that is unknown.</summary>
    public void NotPublished() => _publishFailures.Add(1);

    /// <summary>Asks for a value whenever somebody collects.</summary>
    public void Observe(ServiceInstrument gauge, Func<long> value) =>
        _meter.CreateObservableGauge(gauge.Name, value, gauge.Unit, gauge.Description);

    /// <summary>Asks for a value whenever somebody collects; null for none yet.</summary>
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
