namespace Onramp.Testing;

/// <summary>
/// A clock for tests over real sockets. It jumps to the end of every delay, so that a delay completes immediately. Time
/// limits expire only when the clock passes them, by a jump or by <see cref="Advance"/>, however long the test takes.
/// It is thread-safe, and timers fire one after another in the order of their times.
/// </summary>
public sealed class JumpingClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly Lock _advancing = new();
    private readonly PriorityQueue<(ManualTimer Timer, int Setting), DateTimeOffset> _timers = new();
    private readonly List<TimeSpan> _delays = [];
    private DateTimeOffset _now = start;
    private TimeSpan _set;

    /// <summary>Starts in 2030.</summary>
    public JumpingClock()
        : this(new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero)) { }

    /// <summary>All delays that were waited for, in order.</summary>
    public IReadOnlyList<TimeSpan> Delays
    {
        get
        {
            lock (_gate)
            {
                return [.. _delays];
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now + _set;
        }
    }

    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>
    /// Sets the wall clock, as an administrator or a time service does. No time elapses, and timers are not affected.
    /// </summary>
    public void SetWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _set += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);

        // Task.Delay passes its own task as the state, as does Task.WaitAsync, which is only a time limit. Cancellation
        // sources, periodic timers and queues do not.
        if (
            state is Task
            && dueTime >= TimeSpan.Zero
            && state.GetType().Name.StartsWith(nameof(Task.Delay), StringComparison.Ordinal)
        )
        {
            var end = Elapsed + dueTime;
            lock (_gate)
            {
                _delays.Add(dueTime);
            }

            ThreadPool.UnsafeQueueUserWorkItem(_ => AdvanceTo(end), null);
        }

        return timer;
    }

    /// <summary>Advances the time and fires the timers that become due.</summary>
    public void Advance(TimeSpan time) => AdvanceTo(Elapsed + time);

    private DateTimeOffset Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    private void AdvanceTo(DateTimeOffset end)
    {
        lock (_advancing)
        {
            while (TryTakeDue(end) is { } timer)
            {
                timer.Fire();
            }
        }
    }

    private ManualTimer? TryTakeDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out var next, out var dueAt) && dueAt <= end)
            {
                _timers.Dequeue();
                if (next.Timer.Setting == next.Setting)
                {
                    _now = dueAt > _now ? dueAt : _now;
                    return next.Timer;
                }
            }

            _now = end > _now ? end : _now;
            return null;
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            timer.Setting++;
            if (dueTime >= TimeSpan.Zero)
            {
                _timers.Enqueue((timer, timer.Setting), _now + dueTime);
            }
        }
    }

    private sealed class ManualTimer(JumpingClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Counts changes, so that an outdated entry is recognised.</summary>
        public int Setting { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            clock.Set(this, dueTime);
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                clock.Set(this, _period);
            }

            callback(state);
        }

        public void Dispose() => clock.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
