using System.Text;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Reads the header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): a string of Structured Fields
/// (RFC 9651, section 4.2.5). The same characters without quotes are the same key, because many clients leave them out.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>What a key must be, for a problem's detail.</summary>
    public const string Rule =
        "must be 1 to 255 printable ASCII characters: in double quotes, or without quotes and commas.";

    /// <summary>Reads a key; false when the header's value is not one.</summary>
    public static bool TryRead(string value, out string key)
    {
        key = value;
        return value is ['"', ..]
            ? TryUnquote(value, out key) && IsId(key)
            : IsId(value) && !value.Contains(',', StringComparison.Ordinal);
    }

    /// <summary>Whether a text can be the id of a request.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool TryUnquote(string value, out string key)
    {
        var unquoted = new StringBuilder(value.Length);
        var index = 1;
        while (index < value.Length && value[index] != '"')
        {
            if (value[index] == '\\' && (++index == value.Length || value[index] is not ('"' or '\\')))
            {
                break;
            }

            unquoted.Append(value[index++]);
        }

        key = unquoted.ToString();
        return index < value.Length && value[index] == '"' && HasOnlyParameters(value[(index + 1)..].Trim(' '));
    }

    /// <summary>Parameters of an item are allowed and mean nothing here; another item is not.</summary>
    private static bool HasOnlyParameters(string rest) =>
        rest.Length == 0 || (rest[0] == ';' && !rest.Contains(',', StringComparison.Ordinal));
}
