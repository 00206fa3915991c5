namespace ServiceBusEmulator.Broker;

/// <summary>One timer for everything in a queue that happens by itself.</summary>
internal sealed class QueueTimer : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _armedAt;
    private TimeSpan _armedFor = TimeSpan.MaxValue;

    public QueueTimer(TimeProvider clock, Action onTime)
    {
        _clock = clock;
        _timer = clock.CreateTimer(
            static onTime => ((Action)onTime!)(),
            onTime,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Says that the timer has fired: it is armed for nothing now.</summary>
    public void Fired() => _armedFor = TimeSpan.MaxValue;

    /// <summary>
    /// Fires at the time, or earlier, when something else wanted that; there is nothing to do then but to arm it again.
    /// </summary>
    public void ArmFor(DateTimeOffset? time)
    {
        if (time is not { } next)
        {
            return;
        }

        // Timers count whole milliseconds and at most 49 days; rounding up keeps one from firing just before its time.
        var wait = TimeSpan.FromMilliseconds(
            Math.Clamp(
                Math.Ceiling((next - _clock.GetUtcNow()).TotalMilliseconds),
                1,
                TimeSpan.FromDays(1).TotalMilliseconds
            )
        );

        // They go by the monotonic clock. The other can be set, as after a laptop's sleep, and then the time that this
        // one was armed for says nothing.
        if (wait >= _armedFor - _clock.GetElapsedTime(_armedAt))
        {
            return;
        }

        (_armedAt, _armedFor) = (_clock.GetTimestamp(), wait);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
