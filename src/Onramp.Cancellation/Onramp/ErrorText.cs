using System.Text;
using System.Text.RegularExpressions;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Makes Onramp's own words safe for our events, logs and answers: one line of limited length, without secrets.
/// </summary>
internal static partial class ErrorText
{
    /// <summary>Maximum length in UTF-16 units.</summary>
    public const int MaxLength = 300;

    private const string Withheld = "[withheld]";

    // Removing shorter ones would damage ordinary words.
    private const int ShortestSecret = 4;

    /// <summary>
    /// Applies <see cref="WithoutQuotes"/> and then <see cref="Cut"/>. Cutting first would leave half a signature.
    /// </summary>
    /// <returns>Null when no words are left.</returns>
    public static string? Safe(string? words, SignedRequest signed, OrderReference? order) =>
        WithoutQuotes(words, signed, order) is { } text ? Cut(text) : null;

    /// <summary>
    /// Puts the words on one line and removes the key, the signature, the payload in either form and the hash, which
    /// the provider may quote in any case and with any white space in between.
    /// </summary>
    /// <returns>Null when no words are left.</returns>
    public static string? WithoutQuotes(string? words, SignedRequest signed, OrderReference? order)
    {
        var text = words is null
            ? ""
            : string.Concat(words.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim();
        if (text.Length == 0)
        {
            return null;
        }

        foreach (
            var secret in (ReadOnlySpan<string?>)
                [
                    Encoding.UTF8.GetString(Convert.FromBase64String(signed.Payload)),
                    signed.Payload,
                    signed.Signature,
                    signed.Credentials.ApiKey,
                    order?.Hash,
                ]
        )
        {
            text = Withhold(text, secret);
        }

        return text;
    }

    /// <summary>
    /// Removes everything that looks like part of a secret, and cuts the text to <see cref="MaxLength"/>.
    /// </summary>
    public static string Cut(string text)
    {
        var safe = LongToken().Replace(text, Withheld);
        return safe.Length <= MaxLength ? safe : safe[..MaxLength] + "…";
    }

    /// <summary>Whether a text still has words, and not only digits or removed parts.</summary>
    public static bool HasWords(string text) => text.Replace(Withheld, "", StringComparison.Ordinal).Any(char.IsLetter);

    private static string Withhold(string text, string? secret)
    {
        if (secret is null || secret.Length < ShortestSecret)
        {
            return text;
        }

        var wanted = string.Concat(secret.Where(Counts));
        var compact = string.Concat(text.Where(Counts));
        var at = compact.IndexOf(wanted, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return text;
        }

        // The positions of the found characters in the text.
        int[] places = [.. Enumerable.Range(0, text.Length).Where(index => Counts(text[index]))];
        var end = places[at + wanted.Length - 1] + 1;
        return text[..places[at]] + Withheld + Withhold(text[end..], secret);
    }

    /// <summary>Ignores white space, and the backslash that a second round of escaping adds.</summary>
    private static bool Counts(char character) =>
        !char.IsWhiteSpace(character) && !char.IsControl(character) && character != '\\';

    [GeneratedRegex("[A-Za-z0-9+/=_-]{32,}")]
    private static partial Regex LongToken();
}
