namespace Onramp.Cancellation.Telemetry;

/// <summary>Cuts a text that is too long.</summary>
internal static class TextCut
{
    /// <summary>
    /// The first UTF-16 units of a text, and never half a character: one less where the cut would go through a
    /// surrogate pair.
    /// </summary>
    public static string To(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
