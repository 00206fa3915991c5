using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation.Texts;

/// <summary>Message ids that depend on nothing but what the message is about, so that duplicate detection can do its work.</summary>
internal static class Digest
{
    /// <summary>64 lower-case hexadecimal digits: SHA-256 over the parts, each with its length, so that no two lists of parts read the same.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var capacity = 0;
        foreach (var part in parts)
        {
            capacity += Encoding.UTF8.GetMaxByteCount(part.Length) + 11;
        }

        // Ids of every request are made here: on the stack, unless a caller's key is very long.
        byte[]? rented = null;
        Span<byte> text = capacity <= 1024 ? stackalloc byte[1024] : rented = ArrayPool<byte>.Shared.Rent(capacity);
        var length = 0;
        foreach (var part in parts)
        {
            part.Length.TryFormat(text[length..], out var digits, provider: CultureInfo.InvariantCulture);
            length += digits;
            text[length++] = (byte)':';
            length += Encoding.UTF8.GetBytes(part, text[length..]);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return Convert.ToHexStringLower(hash);
    }
}
