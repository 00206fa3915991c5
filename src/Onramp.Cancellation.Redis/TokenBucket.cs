using RedisRateLimiting;
using StackExchange.Redis;

namespace Onramp.Cancellation.Redis;

/// <summary>
/// The numbers of a token bucket that keeps a rate. Tokens come in short periods, because a bucket that is filled once
/// a second lets the calls of two seconds through within a moment.
/// </summary>
/// <param name="PerPeriod">Tokens that are added in each period.</param>
/// <param name="Capacity">The most tokens that the bucket holds: the burst after a pause.</param>
/// <param name="Period">The length of a period.</param>
internal sealed record TokenBucket(int PerPeriod, int Capacity, TimeSpan Period)
{
    private const double ShortestPeriodSeconds = 0.010;

    // Tokens of late calls are kept for two of the shortest periods.
    private const double KeptSeconds = 0.020;

    /// <summary>One token a period, or as many as come in 10 ms.</summary>
    public static TokenBucket For(double perSecond)
    {
        var perPeriod = (int)Math.Ceiling(perSecond * ShortestPeriodSeconds);
        return new TokenBucket(
            perPeriod,
            Math.Max(perPeriod, (int)Math.Ceiling(perSecond * KeptSeconds)),
            TimeSpan.FromTicks((long)Math.Ceiling(perPeriod / perSecond * TimeSpan.TicksPerSecond))
        );
    }

    /// <summary>The options of the limiter.</summary>
    public RedisTokenBucketRateLimiterOptions On(IConnectionMultiplexer connection) =>
        new()
        {
            ConnectionMultiplexerFactory = () => connection,
            TokensPerPeriod = PerPeriod,
            TokenLimit = Capacity,
            ReplenishmentPeriod = Period,
        };
}
