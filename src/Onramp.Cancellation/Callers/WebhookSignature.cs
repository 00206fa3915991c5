using System.Globalization;
using System.Security.Cryptography;

namespace Onramp.Cancellation.Callers;

/// <summary>The result of checking a signature. The zero value verifies nothing.</summary>
public enum SignatureVerdict
{
    /// <summary>No key matches any of the signatures.</summary>
    NoMatch = 0,

    /// <summary>One of the three headers is missing or malformed.</summary>
    Malformed,

    /// <summary>The timestamp is too old, or too far in the future, by our clock.</summary>
    OutOfTime,

    /// <summary>One of the signatures was made with the caller's key.</summary>
    Valid,
}

/// <summary>A signed request (Standard Webhooks 1.0.0), not verified yet.</summary>
/// <param name="id"><c>webhook-id</c>; null for none.</param>
/// <param name="timestamp"><c>webhook-timestamp</c>; null for none.</param>
/// <param name="signatures"><c>webhook-signature</c>; null for none.</param>
/// <param name="target">Method, path and query, for example <c>DELETE /api/orders/1443</c>, where the signature covers
/// them; otherwise null.</param>
/// <param name="body">The body, byte for byte.</param>
public readonly struct WebhookSignature(
    string? id,
    string? timestamp,
    string? signatures,
    string? target,
    ReadOnlyMemory<byte> body
)
{
    /// <summary>How far a timestamp may differ from our clock, in either direction.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const int MaxTimestampDigits = 12;

    /// <summary>
    /// Checks the headers and the timestamp, without a key. A request that passes gets
    /// <see cref="SignatureVerdict.NoMatch"/>.
    /// </summary>
    internal SignatureVerdict Check(DateTimeOffset now)
    {
        if (
            string.IsNullOrEmpty(id)
            || string.IsNullOrEmpty(signatures)
            || timestamp is not { Length: > 0 and <= MaxTimestampDigits }
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        )
        {
            return SignatureVerdict.Malformed;
        }

        return Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds
            ? SignatureVerdict.OutOfTime
            : SignatureVerdict.NoMatch;
    }

    /// <summary>Returns whether a key made one of the signatures. The comparison takes constant time.</summary>
    internal bool IsBy(WebhookKey key)
    {
        var expected = key.Sign(id!, timestamp!, target, body.Span);
        var found = false;
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var signature = signatures.AsSpan()[range];
            found |=
                signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature[Version.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(expected, given[..length]);
        }

        return found;
    }
}
