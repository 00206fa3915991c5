using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>
/// Application properties as the REST API carries them: one header each, whose value is a JSON scalar, so strings are
/// in double quotes.
/// </summary>
internal static class PropertyHeaders
{
    private static readonly FrozenSet<string> OfHttpItself = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept",
        "Accept-Charset",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "BrokerProperties",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Type",
        "Cookie",
        "Date",
        "Expect",
        "Host",
        "Keep-Alive",
        "Origin",
        "Pragma",
        "Referer",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "Via",
        "x-ms-retrypolicy"
    );

    // HTTP clients add these by themselves while they trace; only in quotes do they belong to the message.
    private static readonly FrozenSet<string> OfTracing = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "traceparent",
        "tracestate",
        "baggage",
        "Request-Id",
        "Correlation-Context"
    );

    /// <summary>
    /// Reads the properties; names the header that cannot be read in <paramref name="fault"/>, or leaves that null.
    /// </summary>
    public static Dictionary<string, object?> Read(IHeaderDictionary headers, out string? fault)
    {
        Dictionary<string, object?> properties = new(StringComparer.Ordinal);
        fault = null;
        foreach (var (name, values) in headers)
        {
            var text = values.ToString();
            if (
                OfHttpItself.Contains(name)
                || name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)
                || (OfTracing.Contains(name) && !text.StartsWith('"'))
                || IsOfBrowser(name, text)
            )
            {
                continue;
            }

            if (Parse(text) is not { } value)
            {
                fault =
                    $"Header {name} is taken for a property of the message, and its value is neither a string in double quotes nor a number, true or false.";
                break;
            }

            properties[name] = value;
        }

        return properties;
    }

    // Browsers say by themselves how urgent a request is (RFC 9218); a property of that name is in quotes or a number.
    private static bool IsOfBrowser(string name, string text) =>
        name.Equals("Priority", StringComparison.OrdinalIgnoreCase)
        && (text.StartsWith("u=", StringComparison.Ordinal) || text == "i");

    /// <summary>
    /// Writes the properties, and why a message was dead-lettered. Every message can be written: values are JSON in
    /// ASCII, and what no header can be named is percent-encoded in the name, from its first character if the name is
    /// one of HTTP's own.
    /// </summary>
    public static void Write(IHeaderDictionary headers, LockedMessage message)
    {
        foreach (var (name, value) in message.Message.Properties)
        {
            headers.Append(Name(name), Format(value));
        }

        foreach (
            var (name, value) in ((string, string?)[])
                [
                    ("DeadLetterReason", message.DeadLetterReason),
                    ("DeadLetterErrorDescription", message.DeadLetterErrorDescription),
                ]
        )
        {
            if (value is not null)
            {
                headers[name] = Format(value);
            }
        }
    }

    private static string Name(string name)
    {
        var isOfHttp = OfHttpItself.Contains(name);
        return !isOfHttp && name.Length > 0 && name.All(IsTokenCharacter)
            ? name
            : string.Concat(
                Encoding
                    .UTF8.GetBytes(name)
                    .Select((octet, i) => Encode(octet, always: isOfHttp && i == 0))
                    .DefaultIfEmpty("%")
            );
    }

    private static string Encode(byte octet, bool always) =>
        !always && octet != '%' && IsTokenCharacter((char)octet) ? $"{(char)octet}" : $"%{octet:X2}";

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

    private static string Format(object? value) =>
        value switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => Convert.ToString(
                value,
                CultureInfo.InvariantCulture
            )!,
            double or float when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)) =>
                Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ =>
                $"\"{JsonEncodedText.Encode(Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))}\"",
        };

    private static bool IsTokenCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
