using System.Text.Json;

namespace Onramp.Cancellation.Requests;

/// <summary>Where a body stops being JSON.</summary>
public static class JsonFault
{
    /// <summary>What is said of an escape that stands for no character.</summary>
    public const string NoUnicode = "The body has text that is not valid Unicode.";

    /// <summary>
    /// Says it in a sentence, both counted from 1, and not in the parser's words, which quote the body.
    /// </summary>
    public static string Of(JsonException exception) => $"The body is not valid JSON: {Place(exception)}.";

    /// <summary>The place alone.</summary>
    public static string Place(JsonException exception) =>
        $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
}
