namespace Onramp.Cancellation.Requests;

/// <summary>Received UTF-8 text.</summary>
internal static class Utf8Text
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Removes the byte order mark that some senders put in front. JSON parsers may ignore it (RFC 8259, section 8.1).
    /// </summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> text) => text[MarkLength(text.Span)..];

    /// <inheritdoc cref="WithoutMark(ReadOnlyMemory{byte})"/>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text[MarkLength(text)..];

    private static int MarkLength(ReadOnlySpan<byte> text) => text.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
}
