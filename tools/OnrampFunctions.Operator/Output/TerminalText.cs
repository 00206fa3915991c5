using System.Globalization;
using System.Text;

namespace OnrampFunctions.Operator.Output;

/// <summary>
/// Text from outside, fit for a terminal: no sequence that moves, colours or hides anything, no line of its own,
/// nothing that turns the direction of writing.
/// </summary>
internal static class TerminalText
{
    private const int MaxLength = 1000;

    /// <summary>
    /// One line; what is no visible character is a replacement character each, and what is too long is cut.
    /// </summary>
    public static string Of(string? text) => Clean(text, MaxLength, keepLines: false);

    /// <summary>A text of several lines.</summary>
    public static string Lines(string? text, int maxLength) => Clean(text, maxLength, keepLines: true);

    private static string Clean(string? text, int maxLength, bool keepLines)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        StringBuilder clean = new(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= maxLength)
            {
                return clean.Append('…').ToString();
            }

            _ =
                IsVisible(rune) || (keepLines && rune.Value is '\n')
                    ? clean.Append(rune.ToString())
                    : clean.Append('\uFFFD');
        }

        return clean.ToString();
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
