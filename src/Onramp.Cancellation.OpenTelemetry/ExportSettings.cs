using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Validates OpenTelemetry's own settings. Its SDK silently ignores some invalid values and throws for others; here
/// each gets an error, which does not quote the value, because headers contain keys.
/// </summary>
internal static class ExportSettings
{
    public const string Disabled = "OTEL_SDK_DISABLED";
    public const string Sampler = "OTEL_TRACES_SAMPLER";

    private const string SamplerArgument = "OTEL_TRACES_SAMPLER_ARG";
    private const string Period = "a number of milliseconds, such as 10000";

    private static readonly string[] Samplers =
    [
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ];

    private static readonly Rule[] Otlp =
    [
        .. Of(
            "ENDPOINT",
            IsAddress,
            "the http or https address of an OTLP receiver, for example http://localhost:4317"
        ),
        .. Of("PROTOCOL", IsOneOf("grpc", "http/protobuf"), "grpc or http/protobuf"),
        .. Of("HEADERS", IsHeaders, "a list of headers such as name=value,name2=value2, with percent-encoded values"),
        .. Of("TIMEOUT", IsNumberFrom(1), Period),
        .. Of("COMPRESSION", IsOneOf("none", "gzip"), "none or gzip"),
        new(
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            IsOneOf("cumulative", "delta", "lowmemory"),
            "cumulative, delta or lowmemory"
        ),
        new(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            IsOneOf("explicit_bucket_histogram", "base2_exponential_bucket_histogram"),
            "explicit_bucket_histogram or base2_exponential_bucket_histogram"
        ),
    ];

    private static readonly Rule[] Sdk =
    [
        .. Batches("OTEL_BSP_"),
        .. Batches("OTEL_BLRP_"),
        new("OTEL_METRIC_EXPORT_INTERVAL", IsNumberFrom(1), Period),
        new("OTEL_METRIC_EXPORT_TIMEOUT", IsNumberFrom(1), Period),
        new(
            "OTEL_METRICS_EXEMPLAR_FILTER",
            IsOneOf("always_on", "always_off", "trace_based"),
            "always_on, always_off or trace_based"
        ),
        new(Sampler, IsOneOf(Samplers), $"one of {string.Join(", ", Samplers)}"),
        new(SamplerArgument, IsRatio, "a number from 0 to 1, such as 0.25"),
        new(
            "OTEL_RESOURCE_ATTRIBUTES",
            IsAttributes,
            "a list such as name=value,name2=value2, with percent-encoded values"
        ),
        new("OTEL_ATTRIBUTE_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_SPAN_EVENT_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_SPAN_LINK_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", IsNumberFrom(0), "a number"),
        new("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", IsNumberFrom(0), "a number"),
    ];

    private static readonly Rule Switch = new(Disabled, IsOneOf("true", "false"), "true or false");

    /// <summary>Validates the switch that turns all telemetry off.</summary>
    public static IEnumerable<string> FindFaultsOfSwitch(IConfiguration configuration) =>
        FindFaults(configuration, [Switch]);

    /// <summary>Validates the settings of the OTLP exporters.</summary>
    public static IEnumerable<string> FindFaultsOfOtlp(IConfiguration configuration) =>
        [.. FindFaults(configuration, Otlp), .. FindFaultsOfCertificates(configuration)];

    /// <summary>Validates the settings of the SDK, which apply to every exporter.</summary>
    public static IEnumerable<string> FindFaultsOfSdk(IConfiguration configuration) =>
        [
            .. FindFaults(configuration, Sdk),
            .. FindFaultOfBatch(configuration, "OTEL_BSP_"),
            .. FindFaultOfBatch(configuration, "OTEL_BLRP_"),
        ];

    /// <summary>Whether a text is an http or https address without user information.</summary>
    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0;

    private static IEnumerable<string> FindFaults(IConfiguration configuration, IEnumerable<Rule> rules) =>
        from rule in rules
        where configuration[rule.Name] is { } value && !string.IsNullOrWhiteSpace(value) && !rule.Fits(value)
        select $"{rule.Name} must be {rule.Advice}. Correct it or remove it.";

    private static IEnumerable<string> FindFaultsOfCertificates(IConfiguration configuration)
    {
        try
        {
            OtlpNetwork.Certificates(configuration);
            return [];
        }
        catch (Exception exception)
            when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return
            [
                $"{OtlpNetwork.Authority}, {OtlpNetwork.ClientCertificate} and {OtlpNetwork.ClientKey} must name "
                    + "readable PEM files, and the key must belong to the client certificate. Correct or remove them.",
            ];
        }
    }

    /// <summary>The SDK throws if a batch can be larger than the queue.</summary>
    private static IEnumerable<string> FindFaultOfBatch(IConfiguration configuration, string prefix)
    {
        var queue = NumberOr(2048, configuration[prefix + "MAX_QUEUE_SIZE"]);
        var batch = NumberOr(512, configuration[prefix + "MAX_EXPORT_BATCH_SIZE"]);
        if (batch > queue && queue != 0)
        {
            yield return $"{prefix}MAX_EXPORT_BATCH_SIZE (default 512) must not exceed {prefix}MAX_QUEUE_SIZE "
                + "(default 2048).";
        }
    }

    private static int NumberOr(int fallback, string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;

    private static IEnumerable<Rule> Of(string setting, Func<string, bool> fits, string advice) =>
        OtlpSignal.NamesOf(setting).Select(name => new Rule(name, fits, advice));

    private static Rule[] Batches(string prefix) =>
        [
            new(prefix + "SCHEDULE_DELAY", IsNumberFrom(1), Period),
            new(prefix + "EXPORT_TIMEOUT", IsNumberFrom(0), Period),
            new(prefix + "MAX_QUEUE_SIZE", IsNumberFrom(1), "a number of at least 1"),
            new(prefix + "MAX_EXPORT_BATCH_SIZE", IsNumberFrom(1), "a number of at least 1"),
        ];

    private static Func<string, bool> IsOneOf(params string[] values) =>
        text => values.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);

    private static Func<string, bool> IsNumberFrom(int minimum) =>
        text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum;

    private static bool IsRatio(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio)
        && ratio is >= 0 and <= 1;

    private static bool IsHeaders(string text)
    {
        using HttpRequestMessage request = new();
        return OtlpHeaders.TryAdd(request.Headers, text);
    }

    private static bool IsAttributes(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .All(static attribute => attribute.IndexOf('=', StringComparison.Ordinal) > 0);

    private sealed record Rule(string Name, Func<string, bool> Fits, string Advice);
}
