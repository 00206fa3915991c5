namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Readings that requests wait for, one at a time. Requests share the next reading, which begins after they asked. A
/// few readings may follow each other at once; the others come at a pace, so that a flood of requests never becomes a
/// flood of readings.
/// </summary>
/// <param name="read">Reads.</param>
/// <param name="pause">The time between two readings at the pace.</param>
/// <param name="atOnce">How many readings may follow each other without a pause.</param>
/// <param name="time">The clock.</param>
internal sealed class RefreshThrottle(Func<Task> read, TimeSpan pause, int atOnce, TimeProvider time)
{
    // Each of them occupies one of the requests that a host takes at the same time.
    private const int MaxWaitingForPause = 16;

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private int _waiting;
    private bool _isPausing;

    // How much of the pace the earlier readings have used, as of the end of the last one.
    private TimeSpan _used;
    private long _last = time.GetTimestamp();

    /// <summary>The current reading, or a completed one.</summary>
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

    /// <summary>The next reading; null when it has to wait for its pause and this caller cannot.</summary>
    /// <param name="mayPause">Whether the caller waits for a pause; if so, only a limited number of callers
    /// may.</param>
    public Task? Join(bool mayPause)
    {
        lock (_lock)
        {
            if (!mayPause && (_isPausing || (_next is null && Early() > TimeSpan.Zero)))
            {
                return null;
            }

            if (_next is null)
            {
                (_waiting, _next) = (0, ReadAsync(_running));
            }

            if (_isPausing && _waiting >= MaxWaitingForPause)
            {
                return null;
            }

            _waiting++;
            return _next;
        }
    }

    private async Task ReadAsync(Task before)
    {
        // Begins after the caller has recorded it as the next one, so that others can join.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await PauseAsync();
        lock (_lock)
        {
            (_running, _next) = (_next!, null);
        }

        await read();
        lock (_lock)
        {
            // A slow reading does not earn the next one.
            _last = time.GetTimestamp();
        }
    }

    private async Task PauseAsync()
    {
        if (Early() is var early && early > TimeSpan.Zero)
        {
            Volatile.Write(ref _isPausing, true);
            await Task.Delay(early, time);
            Volatile.Write(ref _isPausing, false);
        }

        lock (_lock)
        {
            (_used, _last) = (Used() + pause, time.GetTimestamp());
        }
    }

    private TimeSpan Early() => Used() - ((atOnce - 1) * pause);

    private TimeSpan Used() =>
        _used - time.GetElapsedTime(_last) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
