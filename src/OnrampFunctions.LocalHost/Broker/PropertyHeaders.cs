using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace OnrampFunctions.Local;

/// <summary>Application properties as the REST API carries them: one header each, whose value is a JSON scalar, so strings are in double quotes.</summary>
internal static class PropertyHeaders
{
    private static readonly FrozenSet<string> OfHttpItself = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "BrokerProperties", "Cache-Control", "Connection",
        "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date", "Expect", "Host", "Keep-Alive", "Origin", "Pragma", "Referer",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "x-ms-retrypolicy");

    // HTTP clients add these by themselves while they trace; only in quotes do they belong to the message.
    private static readonly FrozenSet<string> OfTracing = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context");

    /// <summary>Reads the properties; names the header that cannot be read in <paramref name="fault"/>, or leaves that null.</summary>
    public static Dictionary<string, object> Read(IHeaderDictionary headers, out string? fault)
    {
        Dictionary<string, object> properties = new(StringComparer.Ordinal);
        fault = null;
        foreach (var (name, values) in headers)
        {
            var text = values.ToString();
            if (OfHttpItself.Contains(name) || name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase) || (OfTracing.Contains(name) && !text.StartsWith('"')))
            {
                continue;
            }

            if (Parse(text) is not { } value)
            {
                fault = $"Header {name} is taken for a property of the message, and its value is neither a string in double quotes nor a number, true or false.";
                break;
            }

            properties[name] = value;
        }

        return properties;
    }

    /// <summary>Writes the properties whose names HTTP can carry.</summary>
    public static void Write(IHeaderDictionary headers, IEnumerable<KeyValuePair<string, object>> properties)
    {
        foreach (var (name, value) in properties)
        {
            if (name.Length > 0 && name.All(IsTokenCharacter) && !OfHttpItself.Contains(name))
            {
                headers[name] = Format(value);
            }
        }
    }

    private static object? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var value = document.RootElement;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int or long or short or byte or double or float or decimal => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => $"\"{JsonEncodedText.Encode(Convert.ToString(value, CultureInfo.InvariantCulture)!)}\"",
    };

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
