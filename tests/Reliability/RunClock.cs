namespace Reliability;

/// <summary>
/// The clock of a run: real time, but the wall clock can be set forward, so that an hour of duplicate detection passes
/// within a minute.
/// </summary>
/// <param name="time">The real time.</param>
internal sealed class RunClock(TimeProvider time) : TimeProvider
{
    private long _ahead;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the wall clock forward.</summary>
    public void SetForward(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
