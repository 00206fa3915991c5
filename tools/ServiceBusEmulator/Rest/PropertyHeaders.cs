using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>
/// Application properties as headers of the REST API: the value is a JSON scalar, so strings are in double quotes.
/// </summary>
internal static class PropertyHeaders
{
    private static readonly FrozenSet<string> HttpHeaders = FrozenSet.Create(
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

    // HTTP clients add these for tracing; only in quotes are they properties of the message.
    private static readonly FrozenSet<string> TracingHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "traceparent",
        "tracestate",
        "baggage",
        "Request-Id",
        "Correlation-Context"
    );

    /// <summary>
    /// Reads the properties; <paramref name="fault"/> names a header that cannot be read, or is null.
    /// </summary>
    public static Dictionary<string, object?> Read(IHeaderDictionary headers, out string? fault)
    {
        Dictionary<string, object?> properties = new(StringComparer.Ordinal);
        fault = null;
        foreach (var (name, values) in headers)
        {
            var text = values.ToString();
            if (
                HttpHeaders.Contains(name)
                || name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)
                || (TracingHeaders.Contains(name) && !text.StartsWith('"'))
                || IsBrowserPriority(name, text)
            )
            {
                continue;
            }

            if (Parse(text) is not { } value)
            {
                fault =
                    $"Header {name} is read as a property of the message. "
                    + "Its value must be a string in double quotes, a number, true or false.";
                break;
            }

            properties[name] = value;
        }

        return properties;
    }

    // Browsers send the priority of a request (RFC 9218); a property of that name is in quotes or a number.
    private static bool IsBrowserPriority(string name, string text) =>
        name.Equals("Priority", StringComparison.OrdinalIgnoreCase)
        && (text.StartsWith("u=", StringComparison.Ordinal) || text == "i");

    /// <summary>
    /// Writes the properties and the reason of a dead letter. Every message can be written: values are JSON in ASCII,
    /// and names are percent-encoded where a header requires it, from the first character for names that HTTP uses
    /// itself.
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
        var isHttpHeader = HttpHeaders.Contains(name);
        return !isHttpHeader && name.Length > 0 && name.All(IsTokenCharacter)
            ? name
            : string.Concat(
                Encoding
                    .UTF8.GetBytes(name)
                    .Select((octet, i) => Encode(octet, always: isHttpHeader && i == 0))
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
            _ => Quote(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text))}\"";

    private static bool IsTokenCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
