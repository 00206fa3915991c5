using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// The merchant's API key and the secret that signs requests. Neither is ever part of a log line, an exception or
/// <see cref="ToString"/>.
/// </summary>
public sealed class ApiCredentials
{
    private readonly byte[] _secret;

    // Giving a hash its key takes longer than hashing a request with it, so those that have it are kept: one for each thread that signs.
    private readonly ConcurrentBag<IncrementalHash> _keyed = [];

    /// <param name="apiKey">Sent in <c>X-ONRAMP-APIKEY</c>; printable ASCII without spaces.</param>
    /// <param name="apiSecret">The key of the HMAC, used as UTF-8; no white space at either end.</param>
    /// <exception cref="ArgumentException">
    /// A value is empty, is in quotes, or has a line break, a control character or one that nobody sees; the message says which and does not quote the value.
    /// </exception>
    public ApiCredentials(string apiKey, string apiSecret)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        ArgumentNullException.ThrowIfNull(apiSecret);
        if (SecretText.FindFault(apiKey) is { } keyFault)
        {
            throw new ArgumentException($"The API key {keyFault}.", nameof(apiKey));
        }

        if (apiKey.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException("The API key has a space or a character that is not ASCII in it.", nameof(apiKey));
        }

        if (SecretText.FindFault(apiSecret) is { } secretFault)
        {
            throw new ArgumentException($"The API secret {secretFault}.", nameof(apiSecret));
        }

        ApiKey = apiKey;
        _secret = Encoding.UTF8.GetBytes(apiSecret);
    }

    /// <summary>The public half: which merchant is asking.</summary>
    public string ApiKey { get; }

    internal bool SameAs(ApiCredentials other) => ApiKey == other.ApiKey && HasSecretOf(other);

    /// <summary>Whether key or secret is the same: then one pair may be half of a rotation from the other.</summary>
    internal bool SharesHalfWith(ApiCredentials other) => ApiKey == other.ApiKey || HasSecretOf(other);

    private bool HasSecretOf(ApiCredentials other) => _secret.AsSpan().SequenceEqual(other._secret);

    /// <summary>Computes the HMAC-SHA512 of bytes with the secret as the key.</summary>
    internal void Authenticate(ReadOnlySpan<byte> bytes, Span<byte> mac)
    {
        var hash = _keyed.TryTake(out var kept) ? kept : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, _secret);
        hash.AppendData(bytes);
        hash.GetHashAndReset(mac);
        _keyed.Add(hash);
    }

    /// <summary>Names the type and nothing secret.</summary>
    public override string ToString() => "ApiCredentials (values withheld)";
}
