using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Queue;

/// <summary>How long a message waits for its next delivery.</summary>
internal sealed class RetrySchedule(IOptions<QueueOptions> options)
{
    // The provider's Retry-After takes precedence over our delay, but not for longer than an operator would accept.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    // A copy with a shorter life could expire before the broker delivers it.
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMilliseconds(500);

    private readonly IList<TimeSpan> _delays = options.Value.EffectiveRetryDelays;
    private readonly TimeSpan _giveUpAfter = options.Value.GiveUpAfter;
    private readonly double _jitter = options.Value.RetryJitter;

    /// <summary>Returns the delay after a failed delivery; null after the last one.</summary>
    /// <param name="deliveries">The number of failed deliveries. The last delay repeats.</param>
    /// <param name="age">How long the message has been retried.</param>
    /// <param name="outcome">Their outcome; null when the outcome is known and only its publication failed. A wait that
    /// the provider or the circuit breaker asks for is a minimum (RFC 9110, section 10.2.3). It never shortens our
    /// delay: a provider that keeps asking for one second would use up all deliveries within a minute.</param>
    /// <param name="left">How long the message still lives; null for ever.</param>
    public TimeSpan? DelayAfter(int deliveries, TimeSpan age, CancelOutcome? outcome, TimeSpan? left = null)
    {
        if (!GoesOnAt(age))
        {
            return null;
        }

        var (delay, least) = Delay(deliveries, outcome);
        if (left is null || left - delay >= ShortestLife)
        {
            return delay;
        }

        // The next delivery comes before the message expires, or not at all: a message must not expire unnoticed.
        var half = left.Value / 2;
        return half >= ShortestLife && half >= least ? half : null;
    }

    /// <summary>
    /// Whether the schedule continues at an age. When it does and there is no delay, the message expires first.
    /// </summary>
    public bool GoesOnAt(TimeSpan age) => age < _giveUpAfter;

    private (TimeSpan Delay, TimeSpan Least) Delay(int deliveries, CancelOutcome? outcome)
    {
        var jitter = (Random.Shared.NextDouble() * 2 - 1) * _jitter;
        var own = _delays[Math.Min(deliveries, _delays.Count) - 1] * (1 + jitter);
        if (outcome?.RetryAfter is not { } asked)
        {
            return (own, TimeSpan.Zero);
        }

        // Jitter is only added to what was asked for, so that no message comes early and not all come together.
        var least = (asked < LongestRetryAfter ? asked : LongestRetryAfter) * (1 + Math.Abs(jitter));
        return (own > least ? own : least, least);
    }
}
