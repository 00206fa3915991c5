using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Onramp.Cancellation.Tests;

/// <summary>One value that an instrument recorded.</summary>
internal sealed record Measured(double Value, IReadOnlyDictionary<string, object?> Tags)
{
    /// <summary>The values of the given attributes, in order. A missing one is "-".</summary>
    public string Of(params string[] names) =>
        string.Join(' ', names.Select(name => Tags.TryGetValue(name, out var value) ? value : "-"));
}

/// <summary>Collects the measurements of one service, and not those of others that run at the same time.</summary>
internal sealed class Meters : IDisposable
{
    private readonly Dictionary<string, (MetricCollector<long> Whole, MetricCollector<double> Broken)> _collectors;

    public Meters(Service service)
    {
        var factory = service.Get<IMeterFactory>();
        _collectors = ServiceInstrument.All.ToDictionary(
            static instrument => instrument.Name,
            instrument =>
                (
                    new MetricCollector<long>(factory, TelemetryNames.Source, instrument.Name, service.Time),
                    new MetricCollector<double>(factory, TelemetryNames.Source, instrument.Name, service.Time)
                )
        );
    }

    /// <summary>The measurements of an instrument so far.</summary>
    public IReadOnlyList<Measured> this[ServiceInstrument instrument]
    {
        get
        {
            var (whole, broken) = _collectors[instrument.Name];
            return
            [
                .. whole.GetMeasurementSnapshot().Select(static value => new Measured(value.Value, value.Tags)),
                .. broken.GetMeasurementSnapshot().Select(static value => new Measured(value.Value, value.Tags)),
            ];
        }
    }

    /// <summary>The instrument, or null.</summary>
    public Instrument? Published(ServiceInstrument instrument) =>
        (Instrument?)_collectors[instrument.Name].Whole.Instrument ?? _collectors[instrument.Name].Broken.Instrument;

    /// <summary>The current value of a gauge, or null.</summary>
    public double? Now(ServiceInstrument gauge)
    {
        var (whole, broken) = _collectors[gauge.Name];
        (whole.Instrument is null ? (Action)broken.RecordObservableInstruments : whole.RecordObservableInstruments)();
        return this[gauge] is [.., var last] ? last.Value : null;
    }

    public void Dispose()
    {
        foreach (var (whole, broken) in _collectors.Values)
        {
            whole.Dispose();
            broken.Dispose();
        }
    }
}
