namespace Onramp.Cancellation.Signing;

/// <summary>
/// The time by Onramp's clock. It is our own time until Onramp refuses a timestamp and its clock is read. From then on
/// the reading is advanced by the monotonic clock, until our own clock is set, which may have corrected it.
/// </summary>
public sealed class ProviderClock(TimeProvider time)
{
    // More than the time between two readings of our own clocks, less than a provider would notice.
    private static readonly TimeSpan Set = TimeSpan.FromSeconds(1);

    // A value outside this range is in seconds, in microseconds, or invalid.
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
    /// The difference between Onramp's clock and ours, in milliseconds; negative when ours is ahead. Zero until it was
    /// read.
    /// </summary>
    public long Offset => _anchor is { } anchor ? anchor.Server - anchor.Local : 0;

    /// <summary>The number of the current reading of Onramp's clock; 0 before the first one.</summary>
    public int Reading => _reading;

    private long Local => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Applies a reading of Onramp's clock, in milliseconds since the Unix epoch. The answer has aged on its way, so
    /// the corrected time is never ahead of Onramp's own.
    /// </summary>
    /// <returns>False when the value cannot be the current time.</returns>
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

    /// <summary>Onramp's clock, ours and the monotonic one at the same instant.</summary>
    private sealed record Anchor(long Server, long Local, long Timestamp);
}
