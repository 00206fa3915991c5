using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Onramp's request signature as a pure function over bytes: base64 of <c>{"timestamp":…,"body":…}</c>, and the
/// lower-case hexadecimal HMAC-SHA512 of that base64 text.
/// </summary>
public static class RequestSigner
{
    /// <summary>The most bytes before the body: the names and the digits of any timestamp.</summary>
    private const int MaxHeadBytes = 48;

    /// <summary>Signs a request body.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, by the provider's clock.</param>
    /// <param name="body">The UTF-8 JSON that is also the HTTP body.</param>
    public static SignedRequest Sign(ApiCredentials credentials, long timestamp, ReadOnlySpan<byte> body)
    {
        var json = new byte[MaxHeadBytes + body.Length + 1];
        Utf8.TryWrite(json, CultureInfo.InvariantCulture, $$"""{"timestamp":{{timestamp}},"body":""", out var length);
        body.CopyTo(json.AsSpan(length));
        length += body.Length;
        json[length++] = (byte)'}';
        return SignPayload(credentials, json.AsSpan(0, length));
    }

    /// <summary>Signs a payload JSON exactly as given, including white space.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="payloadJson">The UTF-8 text of the whole payload object.</param>
    public static SignedRequest SignPayload(ApiCredentials credentials, ReadOnlySpan<byte> payloadJson)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var payload = new byte[Base64.GetMaxEncodedToUtf8Length(payloadJson.Length)];
        Base64.EncodeToUtf8(payloadJson, payload, out _, out _);
        return new SignedRequest(
            credentials,
            Encoding.ASCII.GetString(payload),
            Convert.ToHexStringLower(credentials.Authenticate(payload))
        );
    }
}
