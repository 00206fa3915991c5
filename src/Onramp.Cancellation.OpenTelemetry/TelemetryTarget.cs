using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Where telemetry is exported to, by the settings of OpenTelemetry and of the platform. Both hosts use it.
/// </summary>
public sealed class TelemetryTarget
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    private TelemetryTarget(TelemetryKind kind, params IReadOnlyList<string> faults) =>
        (Kind, Faults) = (faults.Count == 0 ? kind : TelemetryKind.None, faults);

    /// <summary>The kind of receiver; none if a setting is invalid.</summary>
    public TelemetryKind Kind { get; }

    /// <summary>One error for each invalid setting.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>
    /// Reads the settings. An OTLP endpoint, for all signals or for one, takes precedence over Azure Monitor, which the
    /// platform sets by itself.
    /// </summary>
    public static TelemetryTarget Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (bool.TryParse(configuration[ExportSettings.Disabled], out var isDisabled) && isDisabled)
        {
            return new(TelemetryKind.None);
        }

        var faults = ExportSettings.FindFaultsOfSwitch(configuration);
        if (OtlpSignal.All.Any(signal => signal.HasReceiver(configuration)))
        {
            return new(
                TelemetryKind.Otlp,
                [
                    .. faults,
                    .. ExportSettings.FindFaultsOfOtlp(configuration),
                    .. ExportSettings.FindFaultsOfSdk(configuration),
                ]
            );
        }

        return configuration[ConnectionString] is { Length: > 0 } connectionString
            ? new(
                TelemetryKind.AzureMonitor,
                [
                    .. faults,
                    .. FindFaultOfAzureMonitor(connectionString),
                    .. ExportSettings.FindFaultsOfSdk(configuration),
                ]
            )
            : new(TelemetryKind.None, [.. faults]);
    }

    /// <summary>Makes the start fail if a setting is invalid, like any other options.</summary>
    public void ValidateOnStart(IServiceCollection services)
    {
        if (Faults.Count == 0)
        {
            return;
        }

        var target = services.AddOptions<FaultyTarget>();
        foreach (var fault in Faults)
        {
            target.Validate(static _ => false, fault);
        }

        target.ValidateOnStart();
    }

    private static IEnumerable<string> FindFaultOfAzureMonitor(string connectionString)
    {
        var parts = connectionString
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static part => part.Split('=', 2))
            .ToLookup(
                static part => part[0],
                static part => part.Length == 2 ? part[1] : "",
                StringComparer.OrdinalIgnoreCase
            );
        if (
            parts["InstrumentationKey"].ToList() is not [var key]
            || !Guid.TryParse(key, out _)
            || !parts["IngestionEndpoint"].All(ExportSettings.IsAddress)
        )
        {
            yield return $"{ConnectionString} is not a connection string of Application Insights. "
                + "Copy the complete string (InstrumentationKey=…;IngestionEndpoint=https://…), or remove it.";
        }
    }

    /// <summary>The options that fail to validate.</summary>
    private sealed class FaultyTarget;
}

/// <summary>The kind of receiver of telemetry.</summary>
public enum TelemetryKind
{
    /// <summary>Nothing is exported, and nothing is collected.</summary>
    None,

    /// <summary>A receiver of the OpenTelemetry protocol.</summary>
    Otlp,

    /// <summary>Application Insights.</summary>
    AzureMonitor,
}
