using System.Security.Cryptography;
using System.Text;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// Proves that this service wrote an outcome event, by an HMAC (SHA-256). The records answer later requests, so they
/// accept no other events.
/// </summary>
internal sealed class OutcomeSeal(IMessageKeys keys)
{
    private const string Purpose = "outcome 1";

    public string Sign(string eventId, string record, string fingerprint, ReadOnlySpan<byte> body) =>
        Digest.Keyed(keys.Current[0], Covered(eventId, record, fingerprint, body));

    public bool IsOurs(string mac, string eventId, string record, string fingerprint, ReadOnlySpan<byte> body)
    {
        var covered = Covered(eventId, record, fingerprint, body);
        var given = Encoding.UTF8.GetBytes(mac);
        var isOurs = false;
        foreach (var key in keys.Current)
        {
            isOurs |= CryptographicOperations.FixedTimeEquals(
                given,
                Encoding.UTF8.GetBytes(Digest.Keyed(key, covered))
            );
        }

        return isOurs;
    }

    private static string[] Covered(string eventId, string record, string fingerprint, ReadOnlySpan<byte> body) =>
        [Purpose, eventId, record, fingerprint, Convert.ToHexStringLower(SHA256.HashData(body))];
}
