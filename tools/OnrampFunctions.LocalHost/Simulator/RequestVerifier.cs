using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// Verifies signatures as the provider does. It shares no code with the signing service on purpose, so that a bug there
/// cannot confirm itself.
/// </summary>
internal static class RequestVerifier
{
    /// <summary>The error answer to a request; null when it is valid.</summary>
    public static ProviderAnswer? FindFault(
        IHeaderDictionary headers,
        JsonElement? body,
        ProviderCredentials credentials,
        DateTimeOffset now
    )
    {
        if (!IsJson(headers.Accept, charsetRequired: false))
        {
            return ProviderAnswer.Error(400, "Accept must be application/json");
        }

        if (!IsJson(headers.ContentType, charsetRequired: true))
        {
            return ProviderAnswer.Error(400, "Content-Type must be application/json;charset=UTF-8");
        }

        if (!Matches(headers["X-ONRAMP-APIKEY"].ToString(), credentials.ApiKey))
        {
            return ProviderAnswer.Error(401, "Invalid API key");
        }

        var payload = headers["X-ONRAMP-PAYLOAD"].ToString();
        if (!Matches(headers["X-ONRAMP-SIGNATURE"].ToString(), Sign(payload, credentials.ApiSecret)))
        {
            return ProviderAnswer.Error(401, "Invalid signature");
        }

        return FindFaultOfPayload(payload, body, now);
    }

    private static ProviderAnswer? FindFaultOfPayload(string payload, JsonElement? body, DateTimeOffset now)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Convert.FromBase64String(payload));
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return ProviderAnswer.Error(400, "X-ONRAMP-PAYLOAD must be base64 of JSON");
        }

        using (document)
        {
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("timestamp", out var timestamp)
                || timestamp.ValueKind != JsonValueKind.Number
                || !timestamp.TryGetInt64(out long milliseconds)
            )
            {
                return ProviderAnswer.Error(400, "timestamp must be a number of milliseconds");
            }

            if (milliseconds > now.ToUnixTimeMilliseconds())
            {
                return ProviderAnswer.Error(401, "Ahead of Time");
            }

            // The vendor's samples format the body and the payload differently, so only the content is compared.
            return
                body is { } sent
                && document.RootElement.TryGetProperty("body", out var signed)
                && JsonElement.DeepEquals(sent, signed)
                ? null
                : ProviderAnswer.Error(400, "The body and the body in X-ONRAMP-PAYLOAD must be the same");
        }
    }

    private static string Sign(string payload, string secret) =>
        Convert.ToHexStringLower(HMACSHA512.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(payload)));

    private static bool Matches(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static bool IsJson(string? header, bool charsetRequired) =>
        MediaTypeHeaderValue.TryParse(header, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!charsetRequired || type.Charset.Equals("UTF-8", StringComparison.OrdinalIgnoreCase));
}
