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

/// <summary>What is exported, whoever takes it: the service's metrics and spans, and its log.</summary>
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

        // The service's own categories all begin so; everything else of the process speaks from warnings on.
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
            // Alerts look for the first words of a message, which is there only when it is formatted.
            .WithLogging(static _ => { }, static log => log.IncludeFormattedMessage = true);
    }

    /// <summary>
    /// Names the service as its own telemetry does: by the app's name in Azure, as the Functions host does, else by its
    /// own. <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> win. To call after everything else that
    /// describes the resource.
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

    /// <summary>Exports each signal that has a receiver by the OpenTelemetry protocol.</summary>
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
    /// The network of an exporter that sends all signals together, with a report of exports that fail.
    /// </summary>
    public static HttpMessageHandler ReportedNetwork(IServiceProvider services, string receiver) =>
        new ExportReportHandler(
            receiver,
            services.GetRequiredService<ExportReport>(),
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
            }
        );

    private static OpenTelemetryBuilder Export(OpenTelemetryBuilder telemetry, OtlpSignal signal)
    {
        if (signal == OtlpSignal.Traces)
        {
            return telemetry.WithTracing(traces => traces.AddOtlpExporter(signal.Name, configure: null));
        }

        return signal == OtlpSignal.Metrics
            ? telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(signal.Name, configure: null))
            : telemetry.WithLogging(log => log.AddOtlpExporter(signal.Name, configureExporter: null));
    }

    /// <summary>
    /// Whether a cancel is traced is not its caller's decision, whose trace may be marked as not sampled;
    /// OTEL_TRACES_SAMPLER may decide otherwise.
    /// </summary>
    private static void Sample(TracerProviderBuilder traces, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[ExportSettings.Sampler]))
        {
            traces.SetSampler(new AlwaysOnSampler());
        }
    }
}
