using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Onramp;

/// <summary>The provider's address, and the time, retry and concurrency limits of calls to it.</summary>
public sealed class OnrampOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Onramp";

    private const double LowestRate = 0.1;

    /// <summary>
    /// The provider's address without a path. Default <c>https://api.onramp.money</c>; plain HTTP is only allowed to
    /// this machine.
    /// </summary>
    public Uri BaseUrl { get; set; } = new("https://api.onramp.money");

    /// <summary>How long one call may take. Default 6 s; 100 ms to 30 s.</summary>
    [DurationRange("00:00:00.1", "00:00:30")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// How long an HTTP caller waits at most, including the publication of the outcome. Default 20 s; 1 s to 3 min.
    /// </summary>
    [DurationRange("00:00:01", "00:03:00")]
    public TimeSpan TotalBudget { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an unsettled cancel is retried within the budget. Default 2; 0 to 10.</summary>
    [NumberRange(0, 10)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>
    /// The delay before the first retry. It doubles each time, with jitter. Default 500 ms; up to 30 s.
    /// </summary>
    [DurationRange("00:00:00", "00:00:30")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Maximum number of concurrent calls of this process. Default 100; 1 to 10,000.</summary>
    [NumberRange(1, 10_000)]
    public int MaxConcurrentCalls { get; set; } = 100;

    /// <summary>
    /// Maximum number of calls that wait for a permit; further calls are throttled. Default 1,000; 0 to 100,000.
    /// </summary>
    [NumberRange(0, 100_000)]
    public int MaxQueuedCalls { get; set; } = 1_000;

    /// <summary>
    /// Maximum number of calls a second of all instances together, or of this process if
    /// <see cref="SharedLimitOptions.Redis"/> is not set. Default 0: no limit; otherwise 0.1 to 10,000.
    /// </summary>
    [NumberRange(0, 10_000)]
    public double CallsPerSecond { get; set; }

    /// <summary>
    /// The most instances that the app can have. Required with <see cref="SharedLimitOptions.Redis"/>: while that does
    /// not answer, each instance may make this part of <see cref="CallsPerSecond"/>. Default 0: unknown; up to 10,000.
    /// </summary>
    [NumberRange(0, 10_000)]
    public int MaxInstances { get; set; }

    /// <summary>The failure ratio at which the circuit opens. Default 0.5; 0.01 to 1.</summary>
    [NumberRange(0.01, 1)]
    public double CircuitFailureRatio { get; set; } = 0.5;

    /// <summary>Minimum number of calls within the window before the ratio counts. Default 20; 2 to 10,000.</summary>
    [NumberRange(2, 10_000)]
    public int CircuitMinimumCalls { get; set; } = 20;

    /// <summary>The window over which the ratio is measured. Default 30 s; 500 ms to 10 min.</summary>
    [DurationRange("00:00:00.5", "00:10:00")]
    public TimeSpan CircuitSamplingWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the circuit stays open before a single call probes the provider. Default 15 s; 500 ms to 10 min.
    /// </summary>
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

        if (CallsPerSecond is > 0 and < LowestRate)
        {
            yield return new ValidationResult("Onramp__CallsPerSecond must be at least 0.1, or 0 for no limit.");
        }
    }
}

[OptionsValidator]
internal sealed partial class OnrampOptionsValidator : IValidateOptions<OnrampOptions>;
