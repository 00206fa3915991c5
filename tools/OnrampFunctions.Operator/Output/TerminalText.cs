using System.Globalization;
using System.Text;

namespace OnrampFunctions.Operator.Output;

/// <summary>
/// Makes untrusted text safe for a terminal: without escape sequences, line breaks and changes of the writing
/// direction.
/// </summary>
internal static class TerminalText
{
    private const int MaxLength = 1000;

    /// <summary>
    /// Returns one line, with a replacement character for each invisible character, and cut to the maximum length.
    /// </summary>
    public static string Of(string? text) => Clean(text, MaxLength, keepLines: false);

    /// <summary><c>380 DeliveriesExhausted, 20 InvalidMessage</c>: counts of names, the largest first.</summary>
    public static string Counts(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(
            ", ",
            counts
                .OrderByDescending(static one => one.Value)
                .ThenBy(static one => one.Key, StringComparer.Ordinal)
                .Select(static one => $"{one.Value} {Of(one.Key)}")
        );

    /// <summary><c>1 timeout</c>, <c>2 timeouts</c>.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>As <see cref="Of"/>, for a text with several lines.</summary>
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

            var isKept = IsVisible(rune) || (keepLines && rune.Value is '\n');
            clean.Append(isKept ? rune.ToString() : "\uFFFD");
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
