namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Runs one refresh at a time and limits their rate. Concurrent callers share the next refresh, which always starts
/// after they joined. A short burst of refreshes may run back to back; further ones wait for a pause, so that a flood
/// of requests does not become a flood of reads.
/// </summary>
/// <param name="read">Refreshes.</param>
/// <param name="pause">The time between two spaced refreshes.</param>
/// <param name="atOnce">How many refreshes may follow each other without a pause.</param>
/// <param name="time">The clock.</param>
internal sealed class RefreshThrottle(Func<Task> read, TimeSpan pause, int atOnce, TimeProvider time)
{
    // Each waiting caller occupies one of the host's concurrent requests.
    private const int MaxWaitingForPause = 16;

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private int _waiting;
    private bool _isPausing;

    // The used part of the burst allowance as of <c>_last</c>; it drains with time.
    private TimeSpan _used;
    private long _last = time.GetTimestamp();

    /// <summary>The current refresh, or a completed one.</summary>
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

    /// <summary>
    /// Joins the next refresh. Returns null if that would mean waiting for a pause, and the caller must not wait or too
    /// many callers already do.
    /// </summary>
    /// <param name="mayPause">Whether the caller may wait for a pause. Only a limited number of callers can wait at the
    /// same time.</param>
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
        // Continues after the caller has stored it as the next one, so that others can join.
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
            // The pause counts from the end of a refresh, however long it took.
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
