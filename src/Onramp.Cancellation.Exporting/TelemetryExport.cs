using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace Onramp.Cancellation.Exporting;

/// <summary>What is exported, whoever takes it: the service's metrics and spans, and its log.</summary>
public static class TelemetryExport
{
    /// <summary>Collects what the service tells. An exporter is the caller's to add.</summary>
    public static OpenTelemetryBuilder AddServiceTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);

        // The service's own categories all begin so; everything else of the process speaks from warnings on.
        services.AddLogging(static logging => logging
            .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>("Onramp", LogLevel.Information));
        services.AddHostedService<FlushAtEnd>();
        return services.AddOpenTelemetry()
            .WithMetrics(static metrics => metrics.AddMeter(TelemetryNames.Source))
            .WithTracing(traces => Sample(traces.AddSource(TelemetryNames.Source), configuration))

            // Alerts look for the first words of a message, which is there only when it is formatted.
            .WithLogging(static _ => { }, static log => log.IncludeFormattedMessage = true);
    }

    /// <summary>Exports all three by the OpenTelemetry protocol, as OTEL_EXPORTER_OTLP_ENDPOINT and its sisters say.</summary>
    public static OpenTelemetryBuilder ToOtlp(this OpenTelemetryBuilder telemetry)
    {
        telemetry.UseOtlpExporter();
        return telemetry;
    }

    /// <summary>Whether a cancel is to be seen is not for its caller to say, whose trace may be marked as not sampled; OTEL_TRACES_SAMPLER may say otherwise.</summary>
    private static void Sample(TracerProviderBuilder traces, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
        {
            traces.SetSampler(new AlwaysOnSampler());
        }
    }
}
