namespace Onramp.Cancellation.Telemetry;

/// <summary>Truncates texts.</summary>
internal static class TextCut
{
    /// <summary>
    /// Returns at most the given number of UTF-16 units, one less where the cut would split a surrogate pair.
    /// </summary>
    public static string To(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
