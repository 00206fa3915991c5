using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Where telemetry goes, by the settings that OpenTelemetry and the platform give names to. Both hosts read them here.
/// </summary>
public sealed class TelemetryTarget
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    private TelemetryTarget(TelemetryKind kind, params IReadOnlyList<string> faults) =>
        (Kind, Faults) = (faults.Count == 0 ? kind : TelemetryKind.None, faults);

    /// <summary>Who takes it. None if a setting is wrong.</summary>
    public TelemetryKind Kind { get; }

    /// <summary>What is wrong with the settings, a sentence each; empty for nothing.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>
    /// Reads it. An OTLP endpoint, of all signals or of one, wins over Azure Monitor, which the platform names by
    /// itself.
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

    /// <summary>Lets the start end with the faults, if there are any, like those of any other setting.</summary>
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
                + "Copy all of it (InstrumentationKey=…;IngestionEndpoint=https://…), or leave it out.";
        }
    }

    /// <summary>Stands for a setting that is wrong.</summary>
    private sealed class FaultyTarget;
}

/// <summary>Who takes telemetry.</summary>
public enum TelemetryKind
{
    /// <summary>Nobody: nothing is exported, and nothing is put together for it.</summary>
    None,

    /// <summary>A receiver of the OpenTelemetry protocol.</summary>
    Otlp,

    /// <summary>Application Insights.</summary>
    AzureMonitor,
}
