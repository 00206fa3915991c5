using System.Net.Http.Headers;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// The headers of every export, as their settings write them: <c>api-key=…,tenant=a%20b</c>, with values
/// percent-encoded (W3C Baggage).
/// </summary>
internal static class OtlpHeaders
{
    /// <summary>
    /// Adds them; false if they are not written so, or are not headers of a request. Some may have been added then.
    /// </summary>
    public static bool TryAdd(HttpRequestHeaders headers, string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .All(header => header.Split('=', 2) is [var name, var value] && TryAdd(headers, name.Trim(), value.Trim()));

    private static bool TryAdd(HttpRequestHeaders headers, string name, string encoded) =>
        Uri.UnescapeDataString(encoded) is var value
        && value.All(static character => character is >= ' ' and <= '~')
        && headers.TryAddWithoutValidation(name, value);
}
