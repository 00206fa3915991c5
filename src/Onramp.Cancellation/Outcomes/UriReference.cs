using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// URI references by the grammar (RFC 3986, section 4.1), which <see cref="Uri"/> does not insist on: to it, any text
/// is a relative one.
/// </summary>
internal static partial class UriReference
{
    private const string Encoded = "%[0-9A-Fa-f]{2}";
    private const string InName = "[A-Za-z0-9._~!$&'()*+,;=-]";
    private const string InPath = "[A-Za-z0-9._~!$&'()*+,;=:@/-]";
    private const string InQuery = "[A-Za-z0-9._~!$&'()*+,;=:@/?-]";

    // Without a scheme there is no colon before the first slash (section 4.2).
    private const string Scheme = @"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))";
    private const string Host = $@"(?:\[[0-9A-Fa-f:.]+\]|(?:{InName}|{Encoded})*)";
    private const string Authority = $@"//(?:(?:{InName}|:|{Encoded})*@)?{Host}(?::[0-9]*)?(?=[/?#]|\z)";

    /// <summary>Whether a text is a URI reference, absolute or relative, and not empty.</summary>
    public static bool IsValid(string text) => text.Length > 0 && Grammar().IsMatch(text);

    [GeneratedRegex(
        $@"\A{Scheme}(?:{Authority}|(?!//))(?:{InPath}|{Encoded})*(?:\?(?:{InQuery}|{Encoded})*)?(?:#(?:{InQuery}|{Encoded})*)?\z"
    )]
    private static partial Regex Grammar();
}
