using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Onramp's request signature as a pure function over bytes: base64 of <c>{"timestamp":…,"body":…}</c>, and the
/// lower-case hexadecimal HMAC-SHA512 of that base64 text.
/// </summary>
public static class RequestSigner
{
    // Every order reference fits: the longest hash, each character escaped, stays under it.
    private const int StackLimit = 1024;

    private static ReadOnlySpan<byte> Head => "{\"timestamp\":"u8;

    private static ReadOnlySpan<byte> Middle => ",\"body\":"u8;

    /// <summary>Signs a request body.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, by the provider's clock.</param>
    /// <param name="body">The UTF-8 JSON that is also the HTTP body.</param>
    public static SignedRequest Sign(ApiCredentials credentials, long timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        const int maxDigits = 20;
        var capacity = Base64.GetMaxEncodedToUtf8Length(Head.Length + maxDigits + Middle.Length + body.Length + 1);
        byte[]? rented = null;
        Span<byte> buffer =
            capacity <= StackLimit ? stackalloc byte[StackLimit] : rented = ArrayPool<byte>.Shared.Rent(capacity);

        Head.CopyTo(buffer);
        var length = Head.Length;
        timestamp.TryFormat(buffer[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        Middle.CopyTo(buffer[length..]);
        length += Middle.Length;
        body.CopyTo(buffer[length..]);
        length += body.Length;
        buffer[length++] = (byte)'}';

        var signed = SignInPlace(credentials, buffer, length);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return signed;
    }

    /// <summary>Signs a payload JSON exactly as it is given, white space included.</summary>
    /// <param name="credentials">The key and the secret to sign with.</param>
    /// <param name="payloadJson">The UTF-8 text of the whole payload object.</param>
    public static SignedRequest SignPayload(ApiCredentials credentials, ReadOnlySpan<byte> payloadJson)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var buffer = new byte[Base64.GetMaxEncodedToUtf8Length(payloadJson.Length)];
        payloadJson.CopyTo(buffer);
        return SignInPlace(credentials, buffer, payloadJson.Length);
    }

    private static SignedRequest SignInPlace(ApiCredentials credentials, Span<byte> buffer, int length)
    {
        var status = Base64.EncodeToUtf8InPlace(buffer, length, out var encoded);
        Debug.Assert(status == OperationStatus.Done, "the buffer is sized for the encoded text");

        var base64 = buffer[..encoded];
        Span<byte> mac = stackalloc byte[HMACSHA512.HashSizeInBytes];
        credentials.Authenticate(base64, mac);
        return new SignedRequest(credentials, Encoding.ASCII.GetString(base64), Convert.ToHexStringLower(mac));
    }
}
