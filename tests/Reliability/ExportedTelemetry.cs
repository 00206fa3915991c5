using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Reliability;

/// <summary>Receives all telemetry of the service, as an exporter does, and records its names and texts.</summary>
internal sealed class ExportedTelemetry(RecordedTexts sayings)
{
    private const int CollectingMilliseconds = 1000;

    private readonly ConcurrentDictionary<string, long> _names = [];

    /// <summary>Spans, instruments and kinds of log records, with their numbers.</summary>
    public IReadOnlyDictionary<string, long> Names => _names;

    public void AddTo(IServiceCollection services) =>
        services
            .AddServiceTelemetry(new ConfigurationBuilder().Build())
            .WithTracing(traces => traces.AddProcessor(new SimpleActivityExportProcessor(new Sink<Activity>(Take))))
            .WithLogging(log => log.AddProcessor(new SimpleLogRecordExportProcessor(new Sink<LogRecord>(Take))))
            .WithMetrics(metrics =>
                metrics.AddReader(new PeriodicExportingMetricReader(new Sink<Metric>(Take), CollectingMilliseconds))
            );

    private void Take(Activity span)
    {
        Count(span.DisplayName);
        sayings.AddExported(
            $"span {span.DisplayName}",
            [
                span.StatusDescription,
                span.TraceStateString,
                .. span.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}"),
                .. span
                    .Events.SelectMany(static happened => happened.Tags)
                    .Select(static tag => $"{tag.Key}={tag.Value}"),
                .. span.Baggage.Select(static item => $"{item.Key}={item.Value}"),
            ]
        );
    }

    private void Take(LogRecord record)
    {
        Count("log records");
        sayings.AddExported(
            $"log record {record.EventId.Id}",
            [
                record.FormattedMessage,
                record.Body,
                record.Exception?.ToString(),
                .. (record.Attributes ?? []).Select(static attribute => $"{attribute.Key}={attribute.Value}"),
            ]
        );
    }

    private void Take(Metric metric)
    {
        Count(metric.Name);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            foreach (var tag in point.Tags)
            {
                sayings.AddExported($"metric {metric.Name}", [$"{tag.Key}={tag.Value}"]);
            }
        }
    }

    private void Count(string name) => _names.AddOrUpdate(name, 1, static (_, count) => count + 1);

    private sealed class Sink<T>(Action<T> take) : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
            {
                take(item);
            }

            return ExportResult.Success;
        }
    }
}
