using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Benchmarks;

/// <summary>
/// Listens to all telemetry of the service, as an exporter does, and discards it, to measure what telemetry costs the
/// service.
/// </summary>
internal sealed class Listener : IDisposable
{
    private readonly MeterListener _values = new();
    private readonly ActivityListener _spans = new()
    {
        ShouldListenTo = static source => source.Name == TelemetryNames.Source,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public Listener()
    {
        _values.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _values.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        _values.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        _values.Start();
        ActivitySource.AddActivityListener(_spans);
    }

    public void Dispose()
    {
        _values.Dispose();
        _spans.Dispose();
    }
}
