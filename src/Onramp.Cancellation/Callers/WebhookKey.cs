using System.Security.Cryptography;
using System.Text;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Callers;

/// <summary>A caller's secret as Standard Webhooks writes it: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
internal sealed class WebhookKey
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;

    private readonly byte[] _key;

    private WebhookKey(byte[] key) => _key = key;

    /// <summary>Parses a secret. The prefix is optional, because many senders' consoles omit it.</summary>
    /// <exception cref="FormatException">The text is not a Standard Webhooks secret; the message says what one looks
    /// like.</exception>
    public static WebhookKey Parse(string text)
    {
        var encoded = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return SecretText.DecodeKey(encoded, MinBytes, MaxBytes) is { } key
            ? new WebhookKey(key)
            : throw new FormatException(
                $"It must be {Prefix} and {MinBytes} to {MaxBytes} random bytes in base64 (Standard Webhooks)."
            );
    }

    /// <summary>
    /// Computes the HMAC-SHA256 of <c>id.timestamp.body</c>, or of <c>id.timestamp.target.body</c> if there is a
    /// target.
    /// </summary>
    public byte[] Sign(string id, string timestamp, string? target, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes(target is null ? $"{id}.{timestamp}." : $"{id}.{timestamp}.{target}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
