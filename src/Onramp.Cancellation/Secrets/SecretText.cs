using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Finds errors in a secret's text that copying or a tool has caused: a line break at the end, a byte order mark at the
/// beginning, quotes; or a placeholder, a reference or a document instead of the value. Such errors are invisible in a
/// portal, and every signature would be refused.
/// </summary>
internal static partial class SecretText
{
    // Far longer than any provider's key or secret.
    private const int MaxLength = 1024;

    private const string Quotes = "\"'`´“”„‟‘’‚‛«»‹›＂";

    /// <summary>
    /// Returns what is wrong, as the end of a sentence that begins with "it"; null when nothing is. The value is not
    /// quoted.
    /// </summary>
    public static string? FindFault(string value)
    {
        if (value.Length == 0)
        {
            return "is empty";
        }

        if (value.Length > MaxLength)
        {
            return $"has more than {MaxLength} characters";
        }

        // A lone surrogate appears as U+FFFD, as it would be sent.
        if (value.EnumerateRunes().Select(FindFault).FirstOrDefault(static fault => fault is not null) is { } character)
        {
            return $"contains {character}";
        }

        return value switch
        {
            _ when value[0] == ' ' || value[^1] == ' ' => "begins or ends with white space",
            { Length: > 1 } when Quotes.Contains(value[0]) && Quotes.Contains(value[^1]) => "is in quotes",
            _ when value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) =>
                "is a Key Vault reference instead of the value it refers to",
            _ when Address().IsMatch(value) => "is an address",
            _ when IsJson(value) => "is JSON: store the bare value",
            _ when Placeholder().IsMatch(value) || (value.Length > 2 && !value.AsSpan().ContainsAnyExcept(value[0])) =>
                "is a placeholder",
            _ => null,
        };
    }

    /// <summary>Decodes a key in base64 without white space; null when it is not one of the allowed length.</summary>
    public static byte[]? DecodeKey(string value, int minBytes, int maxBytes) =>
        Base64.IsValid(value, out var length)
        && length >= minBytes
        && length <= maxBytes
        && !value.Any(char.IsWhiteSpace)
            ? Convert.FromBase64String(value)
            : null;

    private static bool IsJson(string value)
    {
        if (value[0] is not ('{' or '['))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\Ahttps?://", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    /// <summary>Brackets and other marks of templates, and words that stand for a value.</summary>
    [GeneratedRegex(
        @"\A(<.*>|\$\(.*\)|\$\{.*\}|\{\{.*\}\}|\{[\w -]+\}|\[[\w -]+\]|%.+%|#\{.*\}#?|__.+__"
            + @"|[\W_]*(to-?do|tbd|tba|fix-?me|change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|it)|(enter|insert|put|set|my|your)[-_ ].*|place-?holder|dummy|example|sample"
            + @"|null|nil|none|undefined|empty|n/a|unset|redacted|secret|password|api[-_ ]?(key|secret))[\W_]*)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Placeholder();

    private static string? FindFault(Rune rune) =>
        (rune.Value, Rune.GetUnicodeCategory(rune)) switch
        {
            (0x0A or 0x0D or 0x85 or 0x2028 or 0x2029, _) => $"a line break ({Name(rune)})",
            (0xFEFF, _) => $"a byte order mark ({Name(rune)})",
            (0xFFFD, _) => $"a damaged character ({Name(rune)})",
            (_, UnicodeCategory.Control) => $"a control character ({Name(rune)})",
            (_, UnicodeCategory.Format) or (0x2800, _) => $"an invisible character ({Name(rune)})",
            _ when IsIgnorable(rune.Value) => $"an invisible character ({Name(rune)})",
            (not ' ', UnicodeCategory.SpaceSeparator) => $"white space that is not an ordinary space ({Name(rune)})",
            _ => null,
        };

    /// <summary>Unicode's Default_Ignorable_Code_Point beyond the category: fillers and variation selectors.</summary>
    private static bool IsIgnorable(int value) =>
        value
            is 0x034F
                or 0x115F
                or 0x1160
                or 0x17B4
                or 0x17B5
                or 0x3164
                or 0xFFA0
                or (>= 0x180B and <= 0x180F)
                or (>= 0xFE00 and <= 0xFE0F)
                or (>= 0xE0000 and <= 0xE0FFF);

    private static string Name(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
}
