using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// The one place that signs: every request to Onramp, whichever trigger it came from, is signed here with the pair that
/// was read from Key Vault at startup and the time by Onramp's clock.
/// </summary>
public sealed class SigningService(CredentialStore credentials, ProviderClock clock)
{
    /// <summary>Signs the UTF-8 JSON body of a request.</summary>
    /// <exception cref="InvalidOperationException">The credentials have not been loaded.</exception>
    public SignedRequest Sign(ReadOnlySpan<byte> body) => RequestSigner.Sign(credentials.Current, clock.Now, body);

    /// <summary>
    /// A keyed digest (HMAC-SHA512, lower-case hexadecimal) of a text of our own, by which this service knows it again. The text must hold a character that
    /// base64 has not, so that no digest is ever a signature that Onramp would accept.
    /// </summary>
    /// <exception cref="InvalidOperationException">The credentials have not been loaded.</exception>
    internal string Authenticate(string text)
    {
        Span<byte> mac = stackalloc byte[HMACSHA512.HashSizeInBytes];
        credentials.Current.Authenticate(Encoding.UTF8.GetBytes(text), mac);
        return Convert.ToHexStringLower(mac);
    }
}
