using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Exporting;

/// <summary>Where telemetry goes, by the settings that OpenTelemetry and the platform give names to. Both hosts read them here.</summary>
public sealed class TelemetryTarget
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    private TelemetryTarget(TelemetryKind kind, string? fault = null) => (Kind, Fault) = (kind, fault);

    /// <summary>Which one. None where the setting that names it is wrong.</summary>
    public TelemetryKind Kind { get; }

    /// <summary>What is wrong with the setting that names it, for the operator; null for nothing.</summary>
    public string? Fault { get; }

    /// <summary>Reads it. An OTLP endpoint wins over Azure Monitor, which the platform names by itself.</summary>
    public static TelemetryTarget Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[Endpoint] is { Length: > 0 } endpoint ? ReadOtlp(endpoint, configuration[Protocol])
            : configuration[ConnectionString] is { Length: > 0 } connectionString ? ReadAzureMonitor(connectionString)
            : new(TelemetryKind.None);
    }

    /// <summary>Lets the start end with the fault, if there is one, like that of any other setting.</summary>
    public void ValidateOnStart(IServiceCollection services)
    {
        if (Fault is { } fault)
        {
            services.AddOptions<FaultyTarget>().Validate(static _ => false, fault).ValidateOnStart();
        }
    }

    private static TelemetryTarget ReadOtlp(string endpoint, string? protocol)
        => !IsAddress(endpoint) ? new(TelemetryKind.None, $"{Endpoint} must be the http or https address of an OTLP receiver, for example http://localhost:4317, or be left out.")
            : !string.IsNullOrEmpty(protocol) && !Protocols.Contains(protocol) ? new(TelemetryKind.None, $"{Protocol} must be grpc or http/protobuf, or be left out for grpc.")
            : new(TelemetryKind.Otlp);

    private static TelemetryTarget ReadAzureMonitor(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static part => part.Split('=', 2)).ToLookup(
            static part => part[0], static part => part.Length == 2 ? part[1] : "", StringComparer.OrdinalIgnoreCase);
        return parts["InstrumentationKey"].ToList() is [var key] && Guid.TryParse(key, out _) && parts["IngestionEndpoint"].All(IsAddress)
            ? new(TelemetryKind.AzureMonitor)
            : new(TelemetryKind.None, $"{ConnectionString} is no connection string of Application Insights: copy the whole of it (InstrumentationKey=…;IngestionEndpoint=https://…), or leave it out.");
    }

    private static bool IsAddress(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0;

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
