using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Onramp;

/// <summary>Where the provider is and how long, how often and how much at once it is called.</summary>
public sealed class OnrampOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Onramp";

    /// <summary>
    /// The provider's address without a path. Default <c>https://api.onramp.money</c>; plain HTTP only to this machine.
    /// </summary>
    public Uri BaseUrl { get; set; } = new("https://api.onramp.money");

    /// <summary>How long one call may take. Default 6 s; 100 ms to 30 s.</summary>
    [DurationRange("00:00:00.1", "00:00:30")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// How long an HTTP caller waits at most, the outcome's publication included. Default 20 s; 1 s to 3 min.
    /// </summary>
    [DurationRange("00:00:01", "00:03:00")]
    public TimeSpan TotalBudget { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an unsettled cancel is tried again within the budget. Default 2; 0 to 10.</summary>
    [NumberRange(0, 10)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Delay before the first retry; it doubles each time, with jitter. Default 500 ms; up to 30 s.</summary>
    [DurationRange("00:00:00", "00:00:30")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls that this process makes at the same time. Default 100; 1 to 10,000.</summary>
    [NumberRange(1, 10_000)]
    public int MaxConcurrentCalls { get; set; } = 100;

    /// <summary>
    /// Calls that wait for one of those places; a further one is throttled. Default 1,000; 0 to 100,000.
    /// </summary>
    [NumberRange(0, 100_000)]
    public int MaxQueuedCalls { get; set; } = 1_000;

    /// <summary>The share of calls without a usable answer that opens the circuit. Default 0.5; 0.01 to 1.</summary>
    [NumberRange(0.01, 1)]
    public double CircuitFailureRatio { get; set; } = 0.5;

    /// <summary>Calls within the window before the ratio counts. Default 20; 2 to 10,000.</summary>
    [NumberRange(2, 10_000)]
    public int CircuitMinimumCalls { get; set; } = 20;

    /// <summary>The window over which the ratio is taken. Default 30 s; 500 ms to 10 min.</summary>
    [DurationRange("00:00:00.5", "00:10:00")]
    public TimeSpan CircuitSamplingWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one call probes. Default 15 s; 500 ms to 10 min.</summary>
    [DurationRange("00:00:00.5", "00:10:00")]
    public TimeSpan CircuitBreakDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl is null || (!ServerAddress.IsHttps(BaseUrl) && !ServerAddress.IsLocalHttp(BaseUrl)))
        {
            yield return new ValidationResult(
                "Onramp__BaseUrl must be an https address without a path, for example https://api.onramp.money (plain http is accepted for this machine only)."
            );
        }
    }
}

[OptionsValidator]
internal sealed partial class OnrampOptionsValidator : IValidateOptions<OnrampOptions>;
