using System.Security.Cryptography;
using System.Text;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Messages;

/// <summary>The keys that authenticate messages.</summary>
internal interface IMessageKeys
{
    /// <summary>
    /// The valid keys. The first one signs, all of them verify. Never empty once the service has started.
    /// </summary>
    IReadOnlyList<byte[]> Current { get; }
}

/// <summary>Authenticates by HMAC (SHA-256) with these keys.</summary>
internal static class MessageKeys
{
    /// <summary>Returns the HMAC over several texts: 64 lower-case hexadecimal digits.</summary>
    public static string Sign(this IMessageKeys keys, params ReadOnlySpan<string> parts) =>
        Digest.Keyed(keys.Current[0], parts);

    /// <summary>Whether one of the valid keys made this HMAC over these texts.</summary>
    public static bool IsOurs(this IMessageKeys keys, string mac, params ReadOnlySpan<string> parts)
    {
        var given = Encoding.UTF8.GetBytes(mac);
        var isOurs = false;
        foreach (var key in keys.Current)
        {
            isOurs |= CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Digest.Keyed(key, parts)));
        }

        return isOurs;
    }
}
