using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Listens to the instruments of this host from the first view of the page; before that it costs nothing.
/// </summary>
internal sealed class Meters : IDisposable
{
    // Per instrument: attributes have few values, and this protects against one that does not.
    private const int MaxValues = 60;

    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Value>> _values = new();
    private readonly TimeProvider _clock;
    private readonly Lazy<MeterListener> _listener;
    private DateTimeOffset _since;

    public Meters(IServiceProvider services, TimeProvider clock)
    {
        _clock = clock;

        // Other hosts in the same process have meters with the same name.
        var factory = services.GetService<IMeterFactory>();
        _listener = new Lazy<MeterListener>(() => Listen(factory));
    }

    public MetricsView View()
    {
        _listener.Value.RecordObservableInstruments();
        return new MetricsView(
            _since,
            [
                .. _values
                    .OrderBy(pair => pair.Key.Name, StringComparer.Ordinal)
                    .Select(pair => View(pair.Key, pair.Value)),
            ]
        );
    }

    public void Dispose()
    {
        if (_listener.IsValueCreated)
        {
            _listener.Value.Dispose();
        }
    }

    private static InstrumentView View(Instrument instrument, ConcurrentDictionary<string, Value> values) =>
        new(
            instrument.Name,
            KindOf(instrument),
            instrument.Unit,
            instrument.Description,
            [.. values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.View(pair.Key))]
        );

    private static string KindOf(Instrument instrument) =>
        instrument switch
        {
            { IsObservable: true } => "gauge",
            Histogram<long> or Histogram<double> => "histogram",
            _ => "counter",
        };

    private MeterListener Listen(IMeterFactory? factory)
    {
        _since = _clock.GetUtcNow();
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        return listener;
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = _values.GetOrAdd(
            instrument,
            static _ => new ConcurrentDictionary<string, Value>(StringComparer.Ordinal)
        );
        var attributes = Describe(tags);
        if (
            values.TryGetValue(attributes, out var known)
            || (values.Count < MaxValues && (known = values.GetOrAdd(attributes, static _ => new Value())) is not null)
        )
        {
            known.Record(value, instrument.IsObservable);
        }
    }

    private static string Describe(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> words = [];
        foreach (var (name, value) in tags)
        {
            words.Add($"{name}={value}");
        }

        return string.Join(' ', words);
    }

    private sealed class Value
    {
        private readonly Lock _gate = new();
        private long _count;
        private double _sum;
        private double _max;

        public void Record(double value, bool isGauge)
        {
            lock (_gate)
            {
                _max = _count == 0 || isGauge ? value : Math.Max(_max, value);
                _sum = isGauge ? value : _sum + value;
                _count = isGauge ? 1 : _count + 1;
            }
        }

        public ValueView View(string attributes)
        {
            lock (_gate)
            {
                return new ValueView(attributes, _count, _sum, _max);
            }
        }
    }
}
