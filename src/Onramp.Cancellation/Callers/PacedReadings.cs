namespace Onramp.Cancellation.Callers;

/// <summary>
/// Readings that requests wait for, one at a time. Whoever asks shares the next one, which begins after that; a few may follow at once, so that one stray request
/// delays nobody, and the others come at a pace, so that no flood of requests becomes one of readings.
/// </summary>
/// <param name="read">Reads.</param>
/// <param name="pause">The time between two readings at the pace.</param>
/// <param name="time">The clock.</param>
internal sealed class PacedReadings(Func<Task> read, TimeSpan pause, TimeProvider time)
{
    private const int AtOnce = 3;

    // Each holds one of the requests that a host takes at the same time.
    private const int MaxWaitingForPause = 16;

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private int _waiting;
    private bool _isPausing;

    // What the readings until now have used up of the pace, as of the last one.
    private TimeSpan _used;
    private long _last = time.GetTimestamp();

    /// <summary>The reading under way; or one that is done.</summary>
    public Task Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>The next reading; null when it has to wait for its time, and enough requests wait with it.</summary>
    public Task? Join()
    {
        lock (_lock)
        {
            if (_next is null)
            {
                (_waiting, _next) = (0, ReadAsync(_running));
            }

            return _isPausing && _waiting >= MaxWaitingForPause ? null : Joined(_next);
        }
    }

    private Task Joined(Task next)
    {
        _waiting++;
        return next;
    }

    private async Task ReadAsync(Task before)
    {
        // Begins when it is known as the next one, and whoever comes at the same time has joined.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await PauseAsync();
        lock (_lock)
        {
            (_running, _next) = (_next!, null);
        }

        await read();
    }

    private async Task PauseAsync()
    {
        if (Early() is var early && early > TimeSpan.Zero)
        {
            Volatile.Write(ref _isPausing, true);
            await Task.Delay(early, time);
            Volatile.Write(ref _isPausing, false);
        }

        (_used, _last) = (Used() + pause, time.GetTimestamp());
    }

    private TimeSpan Early() => Used() - ((AtOnce - 1) * pause);

    private TimeSpan Used() => _used - time.GetElapsedTime(_last) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
