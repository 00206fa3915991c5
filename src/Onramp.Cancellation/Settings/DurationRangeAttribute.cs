using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Onramp.Cancellation.Settings;

/// <summary>
/// The least and the most that a setting of type <see cref="TimeSpan"/> may be, both included, written <c>[d.]hh:mm:ss[.fff]</c>. The framework's
/// own <see cref="RangeAttribute"/> does this by reflection, which a native build does not have.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    private readonly TimeSpan _minimum = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);
    private readonly TimeSpan _maximum = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    /// <summary>The least.</summary>
    public string Minimum => minimum;

    /// <summary>The most.</summary>
    public string Maximum => maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is TimeSpan duration && duration >= _minimum && duration <= _maximum;

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"The field {name} must be between {minimum} and {maximum}.";
}
