using System.Text;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Reads the header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): a string of Structured Fields
/// (RFC 9651, section 4.2.5). Many clients omit the quotes; the key is the same with and without them.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The maximum length of a key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>The rule for keys, for the detail of a problem.</summary>
    public const string Rule =
        "must be 1 to 255 printable ASCII characters, in double quotes or without quotes and commas.";

    /// <summary>Reads a key; returns false if the header's value is not valid.</summary>
    public static bool TryRead(string value, out string key)
    {
        key = value;
        return value is ['"', ..]
            ? TryUnquote(value, out key) && IsId(key)
            : IsId(value) && !value.Contains(',', StringComparison.Ordinal);
    }

    /// <summary>Whether a text can be a request id.</summary>
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

    /// <summary>Parameters of the item are allowed and ignored; a second item is not allowed.</summary>
    private static bool HasOnlyParameters(string rest) =>
        rest.Length == 0 || (rest[0] == ';' && !rest.Contains(',', StringComparison.Ordinal));
}
