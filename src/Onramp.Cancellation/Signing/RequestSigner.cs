using System.Globalization;
using System.Text;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Onramp's request signature as a pure function over bytes: base64 of <c>{"timestamp":…,"body":…}</c>, and the
/// lower-case hexadecimal HMAC-SHA512 of that base64 text.
/// </summary>
public static class RequestSigner
{
    /// <summary>Signs a request body.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, by the provider's clock.</param>
    /// <param name="body">The UTF-8 JSON that is also the HTTP body.</param>
    public static SignedRequest Sign(ApiCredentials credentials, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $$"""{"timestamp":{{timestamp}},"body":""")
        );
        return SignPayload(credentials, [.. head, .. body, (byte)'}']);
    }

    /// <summary>Signs a payload JSON exactly as given, including white space.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="payloadJson">The UTF-8 text of the whole payload object.</param>
    public static SignedRequest SignPayload(ApiCredentials credentials, ReadOnlySpan<byte> payloadJson)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var payload = Convert.ToBase64String(payloadJson);
        return new SignedRequest(
            credentials,
            payload,
            Convert.ToHexStringLower(credentials.Authenticate(Encoding.ASCII.GetBytes(payload)))
        );
    }
}
