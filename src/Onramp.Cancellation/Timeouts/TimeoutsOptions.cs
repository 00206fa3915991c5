using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Timeouts;

/// <summary>How far ahead a stale-order timeout may be armed.</summary>
public sealed class TimeoutsOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Timeouts";

    /// <summary>The shortest delay. Default 1 s.</summary>
    [DurationRange("00:00:00", "365.00:00:00")]
    public TimeSpan MinDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay. Default 30 days.</summary>
    [DurationRange("00:00:01", "365.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxDelay < MinDelay)
        {
            yield return new ValidationResult("Timeouts__MaxDelay must not be less than Timeouts__MinDelay.");
        }
    }
}

[OptionsValidator]
internal sealed partial class TimeoutsOptionsValidator : IValidateOptions<TimeoutsOptions>;
