using System.Security.Cryptography;
using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// Proves that this service wrote an outcome event, by an HMAC (SHA-256). The records answer later requests, so they
/// accept no other events.
/// </summary>
internal sealed class OutcomeSeal(IMessageKeys keys)
{
    private const string Purpose = "outcome 1";

    public string Sign(string eventId, string record, string fingerprint, ReadOnlySpan<byte> body) =>
        keys.Sign(Covered(eventId, record, fingerprint, body));

    public bool IsOurs(string mac, string eventId, string record, string fingerprint, ReadOnlySpan<byte> body) =>
        keys.IsOurs(mac, Covered(eventId, record, fingerprint, body));

    private static string[] Covered(string eventId, string record, string fingerprint, ReadOnlySpan<byte> body) =>
        [Purpose, eventId, record, fingerprint, Convert.ToHexStringLower(SHA256.HashData(body))];
}
