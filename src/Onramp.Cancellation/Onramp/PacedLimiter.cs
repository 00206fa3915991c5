using System.Threading.RateLimiting;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Limits the calls of this process to a rate, evenly spaced (the generic cell rate algorithm). In any time t at most
/// 1 + (t + 20 ms) × rate calls are permitted. Unlike .NET's token bucket it uses the injected clock, keeps any
/// fractional rate, and can begin without a burst. It never waits.
/// </summary>
internal sealed class PacedLimiter(double perSecond, TimeProvider time) : RateLimiter
{
    // Makes up for timers that fire late.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(20);

    private static readonly RateLimitLease Granted = new PacedLease(null);

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private double _next;

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => null;

    /// <summary>The rate.</summary>
    public double PerSecond => perSecond;

    /// <summary>The time between two calls.</summary>
    private double Interval => 1 / perSecond;

    /// <summary>
    /// Starts without a burst: the first call comes after a random part of the time between two calls. Instances that
    /// start together do not call together.
    /// </summary>
    public void Restart()
    {
        lock (_gate)
        {
            _next = Math.Max(_next, Now + Lateness.TotalSeconds + (Random.Shared.NextDouble() * Interval));
        }
    }

    /// <summary>Returns a permit that was not used.</summary>
    public void Return()
    {
        lock (_gate)
        {
            _next -= Interval;
        }
    }

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            var now = Now;
            var wait = _next - now - Lateness.TotalSeconds;
            if (wait > 0)
            {
                return new PacedLease(TimeSpan.FromSeconds(wait));
            }

            _next = Math.Max(_next, now) + (permitCount * Interval);
            return Granted;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount,
        CancellationToken cancellationToken
    ) => new(AttemptAcquireCore(permitCount));

    private double Now => time.GetElapsedTime(_start).TotalSeconds;

    /// <param name="retryAfter">When to ask again; null for a permit.</param>
    private sealed class PacedLease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
