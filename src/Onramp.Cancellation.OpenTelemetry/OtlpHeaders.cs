using System.Net.Http.Headers;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Reads the headers of exports from their setting: <c>api-key=…,tenant=a%20b</c>, with percent-encoded values (W3C
/// Baggage).
/// </summary>
internal static class OtlpHeaders
{
    /// <summary>
    /// Adds the headers. Returns false if the text is malformed or a name is not a request header; some headers may
    /// have been added then.
    /// </summary>
    public static bool TryAdd(HttpRequestHeaders headers, string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .All(header => header.Split('=', 2) is [var name, var value] && TryAdd(headers, name.Trim(), value.Trim()));

    private static bool TryAdd(HttpRequestHeaders headers, string name, string encoded) =>
        Uri.UnescapeDataString(encoded) is var value
        && value.All(static character => character is >= ' ' and <= '~')
        && headers.TryAddWithoutValidation(name, value);
}
