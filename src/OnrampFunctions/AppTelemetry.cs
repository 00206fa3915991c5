using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Onramp.Cancellation.OpenTelemetry;
using Onramp.Cancellation.Secrets;

namespace OnrampFunctions;

/// <summary>
/// Exports the app's telemetry to an OTLP receiver, if one is set, or else to Application Insights.
/// </summary>
public static class AppTelemetry
{
    /// <summary>
    /// Adds the exporters that the settings require. Without any, only the Functions host exports telemetry, including
    /// the worker's log.
    /// </summary>
    public static IServiceCollection AddAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var target = TelemetryTarget.Read(configuration);
        target.ValidateOnStart(services);
        if (target.Kind != TelemetryKind.None)
        {
            Export(services, configuration, target.Kind);
        }

        return services;
    }

    // A separate method, so that OpenTelemetry's assemblies are loaded only if they are used.
    private static void Export(IServiceCollection services, IConfiguration configuration, TelemetryKind kind)
    {
        var telemetry = services.AddServiceTelemetry(configuration);

        // Keeps the Functions host from exporting the worker's log a second time.
        telemetry.UseFunctionsWorkerDefaults();
        telemetry.NameService(configuration);
        if (kind == TelemetryKind.Otlp)
        {
            telemetry.ToOtlp(configuration);
            return;
        }

        services
            .AddOptions<AzureMonitorExporterOptions>()
            .Configure<IServiceProvider>(
                static (monitor, provider) =>
                {
                    monitor.Credential = Identity(provider);
                    monitor.Transport = new HttpClientTransport(TelemetryExport.CreateHandler(provider, "all signals"));

                    // By default it keeps five traces a second and only the log messages of those traces: alerts would
                    // miss failures.
                    monitor.SamplingRatio = 1;
                    monitor.TracesPerSecond = null;
                    monitor.EnableTraceBasedLogsSampler = false;

                    // The platform measures the process, and live metrics are not used.
                    monitor.EnablePerformanceCounters = false;
                    monitor.EnableLiveMetrics = false;
                }
            );
        telemetry.UseAzureMonitorExporter();
    }

    /// <summary>
    /// The app's identity. The exporter is created before the start, and an invalid identity must fail the start with
    /// its own message, so the error is deferred.
    /// </summary>
    private static TokenCredential Identity(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<TokenCredential>();
        }
        catch (CredentialsUnavailableException fault)
        {
            return DelegatedTokenCredential.Create((_, _) => throw new CredentialsUnavailableException(fault.Message));
        }
    }
}
