using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;
using Onramp.Cancellation.Onramp;

namespace Onramp.Cancellation.Outcomes;

/// <summary>How outcome events are published.</summary>
public sealed class OutcomesOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Outcomes";

    /// <summary>
    /// CloudEvents <c>source</c> of the events: a URI reference (RFC 3986). Default <c>/onramp-cancellation</c>.
    /// </summary>
    public string Source { get; set; } = "/onramp-cancellation";

    /// <summary>
    /// How long publishing one event may take. Default 5 s; 100 ms to 1 min. It is part of
    /// <see cref="OnrampOptions.TotalBudget"/>.
    /// </summary>
    [DurationRange("00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Source))
        {
            yield return new ValidationResult(
                "Outcomes__Source must not be empty: it is the CloudEvents source of every outcome event."
            );
        }
        else if (!Uri.IsWellFormedUriString(Source, UriKind.RelativeOrAbsolute))
        {
            yield return new ValidationResult(
                "Outcomes__Source must be a URI reference (RFC 3986: no spaces, special characters percent-encoded), for example /onramp-cancellation."
            );
        }
    }
}

[OptionsValidator]
internal sealed partial class OutcomesOptionsValidator : IValidateOptions<OutcomesOptions>;
