using System.Globalization;
using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Requests;

/// <summary>Parses durations and instants.</summary>
internal static partial class TimingText
{
    private const string Number = "([0-9]+)(?:[.,]([0-9]+))?";
    private const string Hour = "([01][0-9]|2[0-3])";
    private const string Minute = "([0-5][0-9])";

    // As many fraction digits as can make a difference of 100 ns in a week.
    private const int MaxFractionDigits = 15;

    private static readonly long[] Units =
    [
        7 * TimeSpan.TicksPerDay,
        TimeSpan.TicksPerDay,
        TimeSpan.TicksPerHour,
        TimeSpan.TicksPerMinute,
        TimeSpan.TicksPerSecond,
    ];

    /// <summary>
    /// Reads an ISO 8601-1 duration of fixed length: <c>PnW</c>, or days, hours, minutes and seconds. The last
    /// component may have a fraction, which is cut to 100 ns. Years and months have no fixed length and are rejected. A
    /// duration longer than any <see cref="TimeSpan"/> becomes the longest one.
    /// </summary>
    public static bool TryReadDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Duration().Match(text);
        var ticks = Int128.Zero;
        var isOver = !match.Success;
        for (var unit = 0; unit < Units.Length; unit++)
        {
            var (whole, fraction) = (match.Groups[1 + (2 * unit)], match.Groups[2 + (2 * unit)]);
            if (!whole.Success)
            {
                continue;
            }

            if (isOver)
            {
                return false;
            }

            ticks +=
                (Int128)(
                    long.TryParse(whole.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        ? count
                        : long.MaxValue
                ) * Units[unit];
            ticks += Fraction(fraction.ValueSpan, Units[unit]);
            isOver = fraction.Success;
        }

        duration = new TimeSpan((long)Int128.Min(ticks, long.MaxValue));
        return match.Success;
    }

    /// <summary>
    /// Whether a text is a duration except for a minus sign, in front of the whole (XML Schema) or of each number
    /// (Java).
    /// </summary>
    public static bool IsNegativeDuration(string text) =>
        text.Contains('-', StringComparison.Ordinal)
        && TryReadDuration(text.Replace("-", "", StringComparison.Ordinal), out _);

    /// <summary>
    /// Reads an RFC 3339 date and time, which always has an offset. Fractions are cut to 100 ns. A leap second, which
    /// only occurs at the end of a month in UTC, becomes the first second of the next month, as in POSIX time. An
    /// instant beyond <see cref="DateTimeOffset"/> becomes its first or last one.
    /// </summary>
    public static bool TryReadInstant(string text, out DateTimeOffset instant)
    {
        instant = default;
        var match = Instant().Match(text);
        if (
            !match.Success
            || !DateOnly.TryParseExact(
                match.Groups[1].ValueSpan,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var date
            )
        )
        {
            return false;
        }

        int Part(int group) =>
            match.Groups[group].Success
                ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;

        var offset = new TimeSpan(Part(7), Part(8), 0) * (match.Groups[6].ValueSpan is "-" ? -1 : 1);
        var local = (date.DayNumber * TimeSpan.TicksPerDay) + new TimeSpan(Part(2), Part(3), Part(4)).Ticks;
        var seconds = Math.Clamp(local - offset.Ticks, 0, DateTime.MaxValue.Ticks);
        if (Part(4) == 60 && new DateTime(seconds) is not { Day: 1, TimeOfDay.Ticks: 0 })
        {
            return false;
        }

        instant = new DateTimeOffset(
            Math.Min(seconds + Fraction(match.Groups[5].ValueSpan, TimeSpan.TicksPerSecond), DateTime.MaxValue.Ticks),
            TimeSpan.Zero
        );
        return true;
    }

    /// <summary>The ticks of the fraction digits.</summary>
    private static long Fraction(ReadOnlySpan<char> digits, long unit)
    {
        var kept = digits[..Math.Min(digits.Length, MaxFractionDigits)];
        return kept.IsEmpty
            ? 0
            : (long)(
                long.Parse(kept, NumberStyles.None, CultureInfo.InvariantCulture)
                * (Int128)unit
                / (Int128)Math.Pow(10, kept.Length)
            );
    }

    [GeneratedRegex(
        $@"^P(?:{Number}W|(?=[0-9T])(?:{Number}D)?(?:T(?=[0-9])(?:{Number}H)?(?:{Number}M)?(?:{Number}S)?)?)\z"
    )]
    private static partial Regex Duration();

    [GeneratedRegex(
        $@"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[Tt]{Hour}:{Minute}:([0-5][0-9]|60)(?:\.([0-9]+))?(?:[Zz]|([+-]){Hour}:{Minute})\z"
    )]
    private static partial Regex Instant();
}
