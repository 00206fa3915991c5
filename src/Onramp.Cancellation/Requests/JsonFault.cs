using System.Text.Json;

namespace Onramp.Cancellation.Requests;

/// <summary>Describes where a body stops being valid JSON.</summary>
public static class JsonFault
{
    /// <summary>The message for an escape that is not a character.</summary>
    public const string NoUnicode = "The body has text that is not valid Unicode.";

    /// <summary>
    /// A sentence with the line and the byte, both counted from 1. The parser's own message would quote the body.
    /// </summary>
    public static string Of(JsonException exception) => $"The body is not valid JSON: {Place(exception)}.";

    /// <summary>The position alone.</summary>
    public static string Place(JsonException exception) =>
        $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
}
