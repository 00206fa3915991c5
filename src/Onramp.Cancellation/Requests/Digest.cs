using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>
/// Digests over several texts, as 64 lower-case hexadecimal digits. Each part is digested with its length, so that
/// different lists of parts have different digests.
/// </summary>
internal static class Digest
{
    /// <summary>SHA-256 over the parts: an id that only depends on them, so that duplicate detection works.</summary>
    public static string Of(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Bytes(parts)));

    /// <summary>SHA-256 over an order: the partition key of rows about it, which do not contain its hash.</summary>
    public static string OfOrder(OrderReference order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Of("order", order.Field, order.Value);
    }

    /// <summary>HMAC-SHA256 over the parts (RFC 2104): an id that cannot be computed without the key.</summary>
    public static string Keyed(byte[] key, params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Bytes(parts)));

    private static byte[] Bytes(ReadOnlySpan<string> parts)
    {
        StringBuilder text = new();
        foreach (var part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
