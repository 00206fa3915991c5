using System.Globalization;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// The inclusive range of a setting of type <see cref="TimeSpan"/>, written <c>[d.]hh:mm:ss[.fff]</c>.
/// </summary>
internal sealed class DurationRangeAttribute(string minimum, string maximum) : SettingRuleAttribute
{
    private readonly TimeSpan _minimum = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);
    private readonly TimeSpan _maximum = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override string Rule => $"must be between {minimum} and {maximum}";

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan duration && duration >= _minimum && duration <= _maximum;
}
