using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// One kind of telemetry, and where the OpenTelemetry protocol takes it. Its own settings
/// (<c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>) win over those of all three (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>).
/// </summary>
/// <param name="Name">Its name in a sentence, and of its options.</param>
internal sealed record OtlpSignal(string Name)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    public static OtlpSignal Traces { get; } = new("traces");

    public static OtlpSignal Metrics { get; } = new("metrics");

    public static OtlpSignal Logs { get; } = new("logs");

    public static IReadOnlyList<OtlpSignal> All { get; } = [Traces, Metrics, Logs];

    /// <summary>The address of this signal alone, to which no path is added; null for none.</summary>
    public string? OwnEndpoint(IConfiguration configuration) =>
        Given(configuration, $"{Prefix}{Name.ToUpperInvariant()}_ENDPOINT");

    /// <summary>Whether somebody takes it.</summary>
    public bool HasReceiver(IConfiguration configuration) => Setting(configuration, "ENDPOINT") is not null;

    /// <summary>A setting of this signal, or else that of all three; null for none.</summary>
    public string? Setting(IConfiguration configuration, string setting) =>
        Given(configuration, $"{Prefix}{Name.ToUpperInvariant()}_{setting}") ?? Given(configuration, Prefix + setting);

    /// <summary>The names that a setting has: for all three signals, and for each of them.</summary>
    public static IEnumerable<string> NamesOf(string setting) =>
        All.Select(signal => $"{Prefix}{signal.Name.ToUpperInvariant()}_{setting}").Prepend(Prefix + setting);

    private static string? Given(IConfiguration configuration, string name) =>
        configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
}
