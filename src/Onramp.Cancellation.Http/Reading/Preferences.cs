using Microsoft.Extensions.Primitives;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>Reads the header <c>Prefer</c> (RFC 7240, section 2).</summary>
internal static class Preferences
{
    /// <summary>
    /// Whether the headers contain a preference that has no value. Names are not case-sensitive, an empty value counts
    /// as none, parameters are ignored, and only the first of a repeated preference counts.
    /// </summary>
    public static bool Has(StringValues headers, string name)
    {
        foreach (var preference in SplitOutsideQuotes(string.Join(',', headers.ToArray()), ','))
        {
            var parts = SplitOutsideQuotes(SplitOutsideQuotes(preference, ';')[0], '=');
            if (parts[0].Trim(' ', '\t').Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return parts.Count == 1 || (parts.Count == 2 && parts[1].Trim(' ', '\t') is "" or "\"\"");
            }
        }

        return false;
    }

    /// <summary>Splits at a delimiter, but not within quoted strings (RFC 9110, section 5.6.4).</summary>
    private static List<string> SplitOutsideQuotes(string text, char delimiter)
    {
        var (parts, start, isQuoted) = (new List<string>(), 0, false);
        for (var index = 0; index < text.Length; index++)
        {
            if (isQuoted && text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[index] == delimiter && !isQuoted)
            {
                parts.Add(text[start..index]);
                start = index + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
