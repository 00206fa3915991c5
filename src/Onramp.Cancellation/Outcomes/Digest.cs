using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation;

/// <summary>Message ids that depend on nothing but what the message is about, so that duplicate detection can do its work.</summary>
internal static class Digest
{
    /// <summary>64 lower-case hexadecimal digits: SHA-256 over the parts, each with its length, so that no two lists of parts read the same.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(256);
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The part that names an order.</summary>
    public static string Part(OrderReference order) => order.OrderId is null ? $"hash={order.Hash}" : $"orderId={order.OrderId}";
}
