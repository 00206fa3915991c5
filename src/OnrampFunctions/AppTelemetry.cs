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
/// The app's telemetry: to an OTLP receiver if one is named, else to Application Insights, else to nobody.
/// </summary>
public static class AppTelemetry
{
    /// <summary>
    /// Adds what the settings ask for. Without an exporter of its own the app leaves its log to the Functions host, as
    /// it does everything.
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

    // A method of its own, so that nothing of OpenTelemetry is loaded without it.
    private static void Export(IServiceCollection services, IConfiguration configuration, TelemetryKind kind)
    {
        var telemetry = services.AddServiceTelemetry(configuration);

        // Tells the Functions host not to export the worker's log a second time.
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
                    monitor.Transport = new HttpClientTransport(
                        TelemetryExport.ReportedNetwork(provider, "all signals")
                    );

                    // By default it keeps five traces a second, and of the log only what belongs to them: alerts would
                    // miss failures.
                    monitor.SamplingRatio = 1;
                    monitor.TracesPerSecond = null;
                    monitor.EnableTraceBasedLogsSampler = false;

                    // The platform measures the process, and nobody watches live.
                    monitor.EnablePerformanceCounters = false;
                    monitor.EnableLiveMetrics = false;
                }
            );
        telemetry.UseAzureMonitorExporter();
    }

    /// <summary>
    /// The app's identity. One that is set wrongly must end the start with its own sentence, and an exporter is made
    /// before the start.
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
