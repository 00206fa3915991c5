namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// A clock for durations. It starts at the time of day and then counts elapsed time, so that changes to the machine's
/// clock have no effect. Polly's circuit breaker measures by the time of day (fabfuel/circuitbreaker#31 shows the
/// consequences).
/// </summary>
internal sealed class ElapsedTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _timestamp = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => _start + time.GetElapsedTime(_timestamp);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
