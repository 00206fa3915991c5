using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// One of the three kinds of telemetry and its OTLP settings. Its own settings
/// (<c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>) take precedence over those for all three
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>).
/// </summary>
/// <param name="Name">The name in messages, and of its options.</param>
internal sealed record OtlpSignal(string Name)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    public static OtlpSignal Traces { get; } = new("traces");

    public static OtlpSignal Metrics { get; } = new("metrics");

    public static OtlpSignal Logs { get; } = new("logs");

    public static IReadOnlyList<OtlpSignal> All { get; } = [Traces, Metrics, Logs];

    /// <summary>The endpoint of this signal alone, to which no path is appended; null if it is not set.</summary>
    public string? OwnEndpoint(IConfiguration configuration) =>
        ValueOf(configuration, $"{Prefix}{Name.ToUpperInvariant()}_ENDPOINT");

    /// <summary>Whether an endpoint is set.</summary>
    public bool HasReceiver(IConfiguration configuration) => Setting(configuration, "ENDPOINT") is not null;

    /// <summary>The setting of this signal, or else the one for all three; null if neither is set.</summary>
    public string? Setting(IConfiguration configuration, string setting) =>
        ValueOf(configuration, $"{Prefix}{Name.ToUpperInvariant()}_{setting}")
        ?? ValueOf(configuration, Prefix + setting);

    /// <summary>The names of a setting: for all three signals, and for each of them.</summary>
    public static IEnumerable<string> NamesOf(string setting) =>
        All.Select(signal => $"{Prefix}{signal.Name.ToUpperInvariant()}_{setting}").Prepend(Prefix + setting);

    private static string? ValueOf(IConfiguration configuration, string name) =>
        configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
}
