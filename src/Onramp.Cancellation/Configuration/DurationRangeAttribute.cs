using System.Globalization;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// The least and the most that a setting of type <see cref="TimeSpan"/> may be, both included, written
/// <c>[d.]hh:mm:ss[.fff]</c>.
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
