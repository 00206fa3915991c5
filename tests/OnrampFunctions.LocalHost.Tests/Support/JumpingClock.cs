using Microsoft.Extensions.Time.Testing;

namespace OnrampFunctions.Local.Tests;

/// <summary>
/// Time for tests over real sockets. Whoever waits for a delay gets it at once: the clock jumps by it. Whatever may time out times out only when
/// the clock passes it, by a jump or by <see cref="FakeTimeProvider.Advance"/>, however long the test takes.
/// </summary>
public sealed class JumpingClock() : FakeTimeProvider(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);

        // Task.Delay gives its own task as the state; cancellation sources, periodic timers and queues do not.
        if (state is Task && dueTime > TimeSpan.Zero)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Advance(dueTime), null);
        }

        return timer;
    }
}
