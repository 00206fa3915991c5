namespace ServiceBusEmulator.Broker;

/// <summary>One timer for all deadlines of a queue.</summary>
internal sealed class QueueTimer : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _armedAt;
    private TimeSpan _armedFor = TimeSpan.MaxValue;

    public QueueTimer(TimeProvider clock, Action onFired)
    {
        _clock = clock;
        _timer = clock.CreateTimer(
            static onFired => ((Action)onFired!)(),
            onFired,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Called when the timer has fired: it is no longer armed.</summary>
    public void Fired() => _armedFor = TimeSpan.MaxValue;

    /// <summary>
    /// Arms the timer for a deadline unless it is armed for an earlier one; when it fires early it is armed again.
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

        // Timers follow the monotonic clock. The wall clock can be set, as after a laptop's sleep, so its time is not
        // compared.
        if (wait >= _armedFor - _clock.GetElapsedTime(_armedAt))
        {
            return;
        }

        (_armedAt, _armedFor) = (_clock.GetTimestamp(), wait);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
