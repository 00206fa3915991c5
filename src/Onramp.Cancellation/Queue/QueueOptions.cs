using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Queue;

/// <summary>When a message whose cancel failed is delivered again.</summary>
public sealed class QueueOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Queue";

    private static readonly TimeSpan[] DefaultDelays =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30),
    ];

    /// <summary>
    /// The delay before each further delivery; the last one repeats until <see cref="GiveUpAfter"/>. Default 5 s, 30 s,
    /// 2 min, 10 min, 30 min; 1 to 20 delays, each up to 1 day.
    /// </summary>
    public IList<TimeSpan> RetryDelays { get; set; } = [];

    /// <summary>
    /// For how long a request is retried, from its first delivery; for a timeout, from when it fires. The first failed
    /// delivery after that is the last: the message is dead-lettered. The event of a known outcome is retried for as
    /// long, from when the outcome was established. Default 1 day; 0 to 14 days; 0 means no retry.
    /// </summary>
    [DurationRange("00:00:00", "14.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The jitter of each delay, as a share of it, so that messages that failed together do not return together.
    /// Default 0.2; 0 to 1.
    /// </summary>
    [NumberRange(0, 1)]
    public double RetryJitter { get; set; } = 0.2;

    /// <summary>How long one operation of the queue may take. Default 5 s; 100 ms to 30 s.</summary>
    [DurationRange("00:00:00.1", "00:00:30")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a message is held under its lock while neither topic nor queue accepts its result, before it is
    /// abandoned. Default 90 s; 1 s to 5 min. It must be well below <c>functionTimeout</c> in host.json, because the
    /// last attempt begins within it.
    /// </summary>
    [DurationRange("00:00:01", "00:05:00")]
    public TimeSpan MaxHandlingTime { get; set; } = TimeSpan.FromSeconds(90);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (
            RetryDelays.Count > 20
            || RetryDelays.Any(static delay => delay <= TimeSpan.Zero || delay > TimeSpan.FromDays(1))
        )
        {
            yield return new ValidationResult(
                "Queue__RetryDelays__0, __1, … must be at most 20 delays, each longer than 00:00:00 and up to 1.00:00:00."
            );
        }
    }

    /// <summary>
    /// The binder adds configured items to the existing list, so the default is only used when none are configured.
    /// </summary>
    internal IList<TimeSpan> EffectiveRetryDelays => RetryDelays.Count == 0 ? DefaultDelays : RetryDelays;
}

[OptionsValidator]
internal sealed partial class QueueOptionsValidator : IValidateOptions<QueueOptions>;
