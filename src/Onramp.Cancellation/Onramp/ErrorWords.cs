using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Onramp;

/// <summary>The subject of an error's words.</summary>
internal enum WordsAbout
{
    /// <summary>Unknown: the words are not on any list.</summary>
    Unknown,

    /// <summary>The timestamp of the request: the two clocks differ.</summary>
    Clock,

    /// <summary>The API key, the signature, or the merchant's permissions.</summary>
    Credentials,

    /// <summary>Too many requests.</summary>
    Load,

    /// <summary>An error at the provider or on the way to it.</summary>
    Trouble,

    /// <summary>The order does not exist.</summary>
    UnknownOrder,

    /// <summary>The order cannot be cancelled, or is already cancelled.</summary>
    Refusal,
}

/// <summary>
/// Classifies Onramp's error texts. The vendor does not list them, so each list is short and contains what providers
/// are known to say. The order matters: words about the request win over words about the order, because an order may
/// only be unknown or refused when nothing else can be meant.
/// </summary>
internal static partial class ErrorWords
{
    private static readonly (WordsAbout About, Regex Words)[] Lists =
    [
        (WordsAbout.Clock, Clock()),
        (WordsAbout.Credentials, Credentials()),
        (WordsAbout.Load, Load()),
        (WordsAbout.Trouble, Trouble()),
        (WordsAbout.Refusal, Refusal()),
        (WordsAbout.UnknownOrder, UnknownOrder()),
    ];

    /// <summary>
    /// Classifies a text, or an identifier such as <c>TOO_MANY_REQUESTS</c> or <c>RateLimitExceeded</c>.
    /// </summary>
    public static WordsAbout Sort(string? words)
    {
        if (words is null)
        {
            return WordsAbout.Unknown;
        }

        var about = Match(words);
        return about == WordsAbout.Unknown && words.AsSpan().IndexOf(' ') < 0
            ? Match(WordBreak().Replace(words, " "))
            : about;
    }

    /// <summary>Whether such words can make an outcome final. All others are reasons to retry.</summary>
    public static bool IsAboutTheOrder(this WordsAbout about) =>
        about switch
        {
            WordsAbout.UnknownOrder or WordsAbout.Refusal => true,
            WordsAbout.Unknown or WordsAbout.Clock or WordsAbout.Credentials or WordsAbout.Load or WordsAbout.Trouble =>
                false,
        };

    private static WordsAbout Match(string words)
    {
        foreach (var (about, list) in Lists)
        {
            if (list.IsMatch(words))
            {
                return about;
            }
        }

        return WordsAbout.Unknown;
    }

    private const RegexOptions Options =
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The boundaries between the words of an identifier.</summary>
    [GeneratedRegex("[_.-]+|(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex WordBreak();

    [GeneratedRegex(@"ahead of time|time ?stamp|recv ?window|\bclock\b|request (is |has )?expired", Options)]
    private static partial Regex Clock();

    // Coins are also tokens: "token" alone says nothing.
    [GeneratedRegex(
        @"api[ _-]?key|signature|hmac|unauthori[sz]ed|authenticat|authori[sz]ation|forbidden|permission|access denied|credential"
            + @"|(invalid|expired|missing) (access |auth )?token|token (is )?(invalid|expired|missing)|white-?list|allow-?list|suspended"
            + @"|(merchant|account) (is )?(not (active|enabled|found|allowed)|disabled|blocked|inactive)",
        Options
    )]
    private static partial Regex Credentials();

    [GeneratedRegex(
        @"too many (requests|calls|attempts|connections)|^too many\W*$|rate[ -]?limit|throttl|(request|call|api|quota)s? (limit|quota|exceeded)|quota|slow down",
        Options
    )]
    private static partial Regex Load();

    [GeneratedRegex(
        @"(try|retry) (it )?(again|later)|temporar|maintenance|unavailable|overload|\bbusy\b|time-?out|timed out|\binternal\b|\bserver\b|went wrong|unexpected"
            + @"|network (error|problem|failure|is)|connection|connect to|socket|\beconn\w+|\betimedout|\bepipe|\benotfound|\beai_again|\behost\w+|undefined|\bnull\b|exception"
            + @"|database|upstream|gateway|\broute\b|endpoint|(could not|unable to|failed to) process",
        Options
    )]
    private static partial Regex Trouble();

    [GeneratedRegex(
        @"(can ?not|can['’]t|could not|may not|must not) (be )?cancel|not (be |in an? )?(non-?)?cancel+able|cancel+ation (is |was )?(refused|rejected|denied|not (allowed|possible|permitted))"
            + @"|\b(is|was|has been) (already )?(cancel+ed|paid|completed|processed|expired)|already (been )?(cancel+ed|paid|completed|processed|expired|failed)",
        Options
    )]
    private static partial Regex Refusal();

    // The order itself must be missing: "the coin of the order was not found" is about something else.
    [GeneratedRegex(
        @"^(the |this |that |an? )?(given |requested )?(order|hash|intent)( ?_?(id|hash|number|reference))?( with (the |this |that )?(given |order ?)?(id|hash))?[ #:'""]*[0-9a-z_-]*\d*[ '"",.]*"
            + @"(was |is |has |could |can |does |do |did )?(not|n['’]t|cannot) (be |been )?(found|exist|known)|^(the )?order ?(id)? (does ?n['’]t|doesn['’]t) exist"
            + @"|^(there is |found )?no such order|^there is no order|^no order (was |is )?(found|with)|^unknown order( ?id)?\W*$|^invalid (order ?_?(id|hash|number)?|hash)\W*$"
            + @"|^(could not|can ?not|can['’]t|unable to|failed to) find (the |this |an? |any )?order( ?id)?\b(?! \w+ of)",
        Options
    )]
    private static partial Regex UnknownOrder();
}
