namespace Onramp.Cancellation.Signing;

/// <summary>
/// The time by Onramp's clock. It is our own until Onramp refuses a timestamp and its clock is read; from then on that
/// reading goes on by the monotonic clock, until our own clock is set, which may have mended what was wrong with it.
/// </summary>
public sealed class ProviderClock(TimeProvider time)
{
    // More than two readings of our own clocks can be apart by being read one after the other, less than what a
    // provider would notice.
    private static readonly TimeSpan Set = TimeSpan.FromSeconds(1);

    // The vendor began later and will not be there for ever: what lies outside is seconds, microseconds or nonsense.
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private volatile Anchor? _anchor;
    private volatile int _reading;

    /// <summary>Milliseconds since the Unix epoch, by Onramp's clock.</summary>
    public long Now
    {
        get
        {
            if (_anchor is not { } anchor)
            {
                return Local;
            }

            var elapsed = time.GetElapsedTime(anchor.Timestamp);
            var local = Local;
            if ((TimeSpan.FromMilliseconds(local - anchor.Local) - elapsed).Duration() > Set)
            {
                _anchor = null;
                return local;
            }

            return anchor.Server + (long)elapsed.TotalMilliseconds;
        }
    }

    /// <summary>
    /// How far Onramp's clock is from ours, in milliseconds; negative when ours is ahead. Zero until it was read.
    /// </summary>
    public long Offset => _anchor is { } anchor ? anchor.Server - anchor.Local : 0;

    /// <summary>Which reading of Onramp's clock counts: 0 for none yet, then one more for each.</summary>
    public int Reading => _reading;

    private long Local => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Takes over a reading of Onramp's clock, in milliseconds since the Unix epoch. The answer has aged on its way
    /// here, so the corrected time is never ahead of Onramp's own.
    /// </summary>
    /// <returns>False when that can be no time of a clock that is right.</returns>
    internal bool TrySynchronize(long serverTime)
    {
        if (serverTime < Earliest.ToUnixTimeMilliseconds() || serverTime > Latest.ToUnixTimeMilliseconds())
        {
            return false;
        }

        _anchor = new Anchor(serverTime, Local, time.GetTimestamp());
        Interlocked.Increment(ref _reading);
        return true;
    }

    /// <summary>Onramp's clock, ours, and the monotonic one, at the same instant.</summary>
    private sealed record Anchor(long Server, long Local, long Timestamp);
}
