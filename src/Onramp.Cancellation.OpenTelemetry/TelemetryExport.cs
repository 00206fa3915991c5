using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>Exports the service's metrics, spans and log.</summary>
public static class TelemetryExport
{
    private const string ServiceName = "onramp-cancellation";

    /// <summary>Collects the service's telemetry. The caller adds an exporter.</summary>
    public static OpenTelemetryBuilder AddServiceTelemetry(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);

        // All categories of the service start with Onramp; the rest of the process is logged from Warning.
        services.AddLogging(static logging =>
            logging
                .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
                .AddFilter<OpenTelemetryLoggerProvider>("Onramp", LogLevel.Information)
        );
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ExportReport>();
        services.AddHostedService<FlushOnStop>();
        return services
            .AddOpenTelemetry()
            .WithMetrics(static metrics => metrics.AddMeter(TelemetryNames.Source))
            .WithTracing(traces => Sample(traces.AddSource(TelemetryNames.Source), configuration))
            // Alerts match the beginning of formatted messages.
            .WithLogging(static _ => { }, static log => log.IncludeFormattedMessage = true);
    }

    /// <summary>
    /// Sets the service's name and version: in Azure the app's name, like the Functions host, elsewhere its own.
    /// <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> take precedence. Call it after everything else that
    /// configures the resource.
    /// </summary>
    public static OpenTelemetryBuilder NameService(this OpenTelemetryBuilder telemetry, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(telemetry);
        ArgumentNullException.ThrowIfNull(configuration);
        var name = configuration["WEBSITE_SITE_NAME"] is { Length: > 0 } site ? site : ServiceName;
        var version = typeof(TelemetryExport)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion;
        return telemetry.ConfigureResource(resource =>
            resource.AddService(name, serviceVersion: version).AddEnvironmentVariableDetector()
        );
    }

    /// <summary>Exports each signal that has an endpoint with the OpenTelemetry protocol.</summary>
    public static OpenTelemetryBuilder ToOtlp(this OpenTelemetryBuilder telemetry, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(telemetry);
        ArgumentNullException.ThrowIfNull(configuration);
        foreach (var signal in OtlpSignal.All.Where(signal => signal.HasReceiver(configuration)))
        {
            telemetry
                .Services.AddOptions<OtlpExporterOptions>(signal.Name)
                .Configure<ExportReport>(
                    (options, report) => OtlpNetwork.Configure(options, signal, configuration, report)
                );
            Export(telemetry, signal);
        }

        return telemetry;
    }

    /// <summary>
    /// Creates the HTTP handler of an exporter that sends all signals together. It records failed exports.
    /// </summary>
    public static HttpMessageHandler CreateHandler(IServiceProvider services, string signal) =>
        new ExportReportHandler(
            signal,
            services.GetRequiredService<ExportReport>(),
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
            }
        );

    private static void Export(OpenTelemetryBuilder telemetry, OtlpSignal signal)
    {
        if (signal == OtlpSignal.Traces)
        {
            telemetry.WithTracing(traces => traces.AddOtlpExporter(signal.Name, configure: null));
        }
        else if (signal == OtlpSignal.Metrics)
        {
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(signal.Name, configure: null));
        }
        else
        {
            telemetry.WithLogging(log => log.AddOtlpExporter(signal.Name, configureExporter: null));
        }
    }

    /// <summary>
    /// Traces every cancel, even if the caller's trace is marked as not sampled. <c>OTEL_TRACES_SAMPLER</c> takes
    /// precedence.
    /// </summary>
    private static void Sample(TracerProviderBuilder traces, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[ExportSettings.Sampler]))
        {
            traces.SetSampler(new AlwaysOnSampler());
        }
    }
}
