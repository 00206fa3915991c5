using System.Globalization;

namespace Onramp.Cancellation.Configuration;

/// <summary>The inclusive range of a setting of type <see cref="int"/> or <see cref="double"/>.</summary>
internal sealed class NumberRangeAttribute(double minimum, double maximum) : SettingRuleAttribute
{
    /// <inheritdoc/>
    protected override string Rule =>
        string.Create(CultureInfo.InvariantCulture, $"must be between {minimum:#,0.##} and {maximum:#,0.##}");

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && number >= minimum && number <= maximum;
}
