using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Timeouts;

/// <summary>When a stale-order timeout may be due.</summary>
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

    /// <summary>
    /// How long after the order's own end a timeout that follows it (<c>whenExpired</c>) is due. Default 30 s; 0 to 1
    /// day.
    /// </summary>
    [DurationRange("00:00:00", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Over how long timeouts that are due together are spread: each fires up to this much later, but by no more than a
    /// tenth of its delay. Default 10 s; 0 to 1 h.
    /// </summary>
    [DurationRange("00:00:00", "01:00:00")]
    public TimeSpan Spread { get; set; } = TimeSpan.FromSeconds(10);

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
