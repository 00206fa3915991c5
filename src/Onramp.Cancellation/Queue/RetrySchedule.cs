using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Queue;

/// <summary>How long a message waits for its next delivery.</summary>
internal sealed class RetrySchedule(IOptions<QueueOptions> options)
{
    // A provider's word wins over ours, but not for longer than an operator would wait to see it.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    // A copy that lives for less could expire before the broker hands it out.
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMilliseconds(500);

    private readonly IList<TimeSpan> _delays = options.Value.EffectiveRetryDelays;
    private readonly double _jitter = options.Value.RetryJitter;

    /// <summary>The wait after a delivery that came to nothing; null when the message has had its last.</summary>
    /// <param name="deliveries">How many have come to nothing.</param>
    /// <param name="outcome">
    /// What they came to; null when that is known and only cannot be published. What the provider or the circuit asked
    /// for is the least wait (RFC 9110, section 10.2.3). It never shortens ours, so that a provider which keeps saying
    /// "in a second" cannot use up a message's deliveries within a minute.
    /// </param>
    /// <param name="left">How long the message still lives; null for ever.</param>
    public TimeSpan? DelayAfter(int deliveries, CancelOutcome? outcome, TimeSpan? left = null)
    {
        if (deliveries > _delays.Count)
        {
            return null;
        }

        var (delay, least) = Delay(deliveries, outcome);
        if (left is null || left - delay >= ShortestLife)
        {
            return delay;
        }

        // The next delivery comes before the message expires, or never: it must not expire unseen.
        var half = left.Value / 2;
        return half >= ShortestLife && half >= least ? half : null;
    }

    /// <summary>
    /// Whether the schedule has a delivery after so many; if there is none all the same, the message would not live to
    /// see it.
    /// </summary>
    public bool GoesOnAfter(int deliveries) => deliveries <= _delays.Count;

    private (TimeSpan Delay, TimeSpan Least) Delay(int deliveries, CancelOutcome? outcome)
    {
        var jitter = (Random.Shared.NextDouble() * 2 - 1) * _jitter;
        var own = _delays[deliveries - 1] * (1 + jitter);
        if (outcome?.RetryAfter is not { } asked)
        {
            return (own, TimeSpan.Zero);
        }

        // Jitter is added to what was asked for, never taken off: nobody comes early, and not all come together.
        var least = (asked < LongestRetryAfter ? asked : LongestRetryAfter) * (1 + Math.Abs(jitter));
        return (own > least ? own : least, least);
    }
}
