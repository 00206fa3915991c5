using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// How a setting of each type is written. It is stricter than the framework's parsers, which read "5" and "24:00:00" as
/// days.
/// </summary>
internal sealed partial record SettingFormat(Func<string, bool> Fits, string Advice)
{
    private static readonly FrozenDictionary<Type, SettingFormat> ByType = new Dictionary<Type, SettingFormat>
    {
        [typeof(string)] = new(static _ => true, ""),
        [typeof(TimeSpan)] = new(
            IsDuration,
            "write a duration as hh:mm:ss, for example 00:00:06 (half a second is 00:00:00.5, a day 1.00:00:00)"
        ),
        [typeof(int)] = new(
            static text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "write a whole number, for example 2"
        ),
        [typeof(double)] = new(IsNumber, "write a number with a decimal point, for example 0.5"),
        [typeof(bool)] = new(static text => bool.TryParse(text, out _), "write true or false"),
        [typeof(Uri)] = new(
            static text => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _),
            "write an address, for example https://example.com"
        ),
    }.ToFrozenDictionary();

    /// <exception cref="NotSupportedException">The type is new among the settings: add it to the table.</exception>
    public static SettingFormat Of(Type type)
    {
        if (ByType.TryGetValue(type, out var format))
        {
            return format;
        }

        if (!type.IsEnum)
        {
            throw new NotSupportedException($"Add the format of settings of type {type} to this table.");
        }

        var names = Enum.GetNames(type);
        return new SettingFormat(
            text => names.Contains(text, StringComparer.OrdinalIgnoreCase),
            $"write one of {string.Join(", ", names).ToLowerInvariant()}"
        );
    }

    private static bool IsDuration(string text) =>
        Duration().IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static bool IsNumber(string text) =>
        double.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        ) && double.IsFinite(number);

    [GeneratedRegex(@"\A([0-9]{1,8}\.)?([01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?\z")]
    private static partial Regex Duration();
}
