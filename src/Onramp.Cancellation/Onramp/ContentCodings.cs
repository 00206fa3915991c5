using System.IO.Compression;
using System.Text.Unicode;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Content codings of answers (RFC 9110, section 8.4). A server may use one although it was not asked to. No stage of
/// decoding keeps more than an answer may have, so a small body cannot grow without limit.
/// </summary>
internal static class ContentCodings
{
    // More than any server applies, and few enough to decode without harm.
    private const int MaxStages = 4;

    private const int ZlibMethod = 8;

    /// <summary>
    /// Takes off the codings, the last one first. A coding that is not known counts only if what it left is not text:
    /// some servers name a charset here.
    /// </summary>
    /// <param name="codings">The codings, in the order in which they were applied.</param>
    /// <param name="body">The body.</param>
    /// <param name="limit">The most bytes that an answer may have.</param>
    /// <exception cref="UnreadableAnswerException">The body cannot be decoded, or has more bytes than that.</exception>
    public static ReadOnlyMemory<byte> Decode(ICollection<string> codings, ReadOnlyMemory<byte> body, int limit)
    {
        if (codings.Count > MaxStages)
        {
            throw new UnreadableAnswerException("an answer in too many content codings");
        }

        var isKnown = true;
        foreach (var coding in codings.Reverse())
        {
            switch (coding.Trim().ToLowerInvariant())
            {
                case "identity" or "":
                    break;
                case "gzip" or "x-gzip":
                    body = Expand(new GZipStream(Read(body), CompressionMode.Decompress), "gzip", limit);
                    break;
                case "deflate":
                    body = Expand(Inflate(body), "deflate", limit);
                    break;
                case "br":
                    body = Expand(new BrotliStream(Read(body), CompressionMode.Decompress), "br", limit);
                    break;
                default:
                    isKnown = false;
                    break;
            }
        }

        return isKnown || Utf8.IsValid(body.Span)
            ? body
            : throw new UnreadableAnswerException("an answer in a content coding other than gzip, deflate and br");
    }

    private static MemoryStream Read(ReadOnlyMemory<byte> body) => new(body.ToArray(), writable: false);

    /// <summary>
    /// Some servers leave the wrapper away that the coding asks for. Its first byte names the method, which no raw
    /// stream begins with.
    /// </summary>
    private static Stream Inflate(ReadOnlyMemory<byte> body) =>
        body.Length > 0 && (body.Span[0] & 0xF) == ZlibMethod
            ? new ZLibStream(Read(body), CompressionMode.Decompress)
            : new DeflateStream(Read(body), CompressionMode.Decompress);

    private static byte[] Expand(Stream stream, string coding, int limit)
    {
        using (stream)
        {
            var expanded = new byte[limit + 1];
            try
            {
                var length = stream.ReadAtLeast(expanded, expanded.Length, throwOnEndOfStream: false);
                return length <= limit ? expanded[..length] : throw UnreadableAnswerException.TooLong(limit);
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                throw new UnreadableAnswerException($"an answer whose content coding {coding} is corrupt");
            }
        }
    }
}

/// <summary>An answer came, but not one that can be read. The message says why and quotes nothing of it.</summary>
internal sealed class UnreadableAnswerException(string message) : IOException(message)
{
    public static UnreadableAnswerException TooLong(int limit) => new($"an answer of more than {limit} bytes");
}
