using System.Collections.Concurrent;

namespace Reliability;

/// <summary>
/// The clock of a run: real time, but the wall clock can be set forward, so that an hour of duplicate detection passes
/// within a minute.
/// </summary>
/// <param name="time">The real time.</param>
internal sealed class RunClock(TimeProvider time) : TimeProvider
{
    private readonly ConcurrentQueue<long> _jumps = [];
    private long _ahead;

    /// <summary>The timestamps at which the wall clock was set forward.</summary>
    public IEnumerable<long> Jumps => _jumps;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the wall clock forward.</summary>
    public void SetForward(TimeSpan by)
    {
        _jumps.Enqueue(GetTimestamp());
        Interlocked.Add(ref _ahead, by.Ticks);
    }
}
