using Onramp.Cancellation.OpenTelemetry;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Exports telemetry to an OTLP receiver if one is configured. Application Insights is only for Azure.
/// </summary>
internal static class LocalTelemetry
{
    public static void AddLocalTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var target = TelemetryTarget.Read(configuration);
        if (target.Kind == TelemetryKind.Otlp)
        {
            Export(services, configuration);
        }
        else if (target.Kind == TelemetryKind.None)
        {
            target.ValidateOnStart(services);
        }
    }

    // A separate method, so that OpenTelemetry is only loaded when it is used.
    private static void Export(IServiceCollection services, IConfiguration configuration) =>
        services.AddServiceTelemetry(configuration).NameService(configuration).ToOtlp(configuration);
}
