using Onramp.Cancellation.OpenTelemetry;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// The host's telemetry: to an OTLP receiver if one is named, else to nobody. Application Insights is Azure's.
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

    // A method of its own, so that nothing of OpenTelemetry is loaded without it.
    private static void Export(IServiceCollection services, IConfiguration configuration) =>
        services.AddServiceTelemetry(configuration).NameService(configuration).ToOtlp(configuration);
}
