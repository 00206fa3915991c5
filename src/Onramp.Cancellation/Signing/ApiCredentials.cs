using System.Security.Cryptography;
using System.Text;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// The merchant's API key and the secret that signs requests. Neither is part of any log line, exception or
/// <see cref="ToString"/>.
/// </summary>
public sealed class ApiCredentials
{
    private readonly byte[] _secret;

    /// <param name="apiKey">Sent in <c>X-ONRAMP-APIKEY</c>; printable ASCII without spaces.</param>
    /// <param name="apiSecret">The key of the HMAC, used as UTF-8; no white space at either end.</param>
    /// <exception cref="ArgumentException">A value is not valid; the message says why and does not quote
    /// it.</exception>
    public ApiCredentials(string apiKey, string apiSecret)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        ArgumentNullException.ThrowIfNull(apiSecret);
        if (FindKeyFault(apiKey) is { } keyFault)
        {
            throw new ArgumentException(keyFault, nameof(apiKey));
        }

        if (FindSecretFault(apiSecret) is { } secretFault)
        {
            throw new ArgumentException(secretFault, nameof(apiSecret));
        }

        ApiKey = apiKey;
        _secret = Encoding.UTF8.GetBytes(apiSecret);
    }

    /// <summary>
    /// Returns why a value is not a valid API key, as a sentence that does not quote it; null when it is.
    /// </summary>
    internal static string? FindKeyFault(string value)
    {
        if (SecretText.FindFault(value) is { } fault)
        {
            return $"The API key {fault}.";
        }

        return value.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? "The API key contains a space or a non-ASCII character."
            : null;
    }

    /// <summary>
    /// Returns why a value is not a valid API secret, as a sentence that does not quote it; null when it is.
    /// </summary>
    internal static string? FindSecretFault(string value) =>
        SecretText.FindFault(value) is { } fault ? $"The API secret {fault}." : null;

    /// <summary>The public half, which identifies the merchant.</summary>
    public string ApiKey { get; }

    internal bool SameAs(ApiCredentials? other) => other is not null && ApiKey == other.ApiKey && HasSecretOf(other);

    /// <summary>Whether key or secret is the same, so that one pair may be half of a rotation from the other.</summary>
    internal bool SharesHalfWith(ApiCredentials other) => ApiKey == other.ApiKey || HasSecretOf(other);

    private bool HasSecretOf(ApiCredentials other) => _secret.AsSpan().SequenceEqual(other._secret);

    /// <summary>Computes the HMAC-SHA512 of bytes with the secret as the key.</summary>
    internal byte[] Authenticate(ReadOnlySpan<byte> bytes) => HMACSHA512.HashData(_secret, bytes);

    /// <summary>Returns the type's name; the values stay out of logs.</summary>
    public override string ToString() => "ApiCredentials (values withheld)";
}
