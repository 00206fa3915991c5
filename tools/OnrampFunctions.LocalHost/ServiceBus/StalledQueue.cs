namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// Notices that messages wait and none is taken any more, though the longest that one may be handled has passed.
/// </summary>
/// <param name="longest">The longest that a message may be handled: so long all receivers may be busy.</param>
/// <param name="clock">The clock.</param>
public sealed class StalledQueue(TimeSpan longest, TimeProvider clock)
{
    private long _taken;

    /// <summary>Says that a message was taken.</summary>
    public void Moved() => Interlocked.Increment(ref _taken);

    /// <summary>
    /// Looks twice in that time, until the token ends; three looks in a row without a movement, and with messages at
    /// the last two, are a stall.
    /// </summary>
    /// <param name="waiting">Messages that wait.</param>
    /// <param name="replace">Lets another client take over.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WatchAsync(Func<int> waiting, Func<Task> replace, CancellationToken cancellationToken)
    {
        using PeriodicTimer looks = new(longest / 2, clock);
        var (before, idle) = (-1L, 0);
        while (await looks.WaitForNextTickAsync(cancellationToken))
        {
            var taken = Interlocked.Read(ref _taken);
            idle = taken == before && waiting() > 0 ? idle + 1 : 0;
            before = taken;
            if (idle == 2)
            {
                idle = 0;
                await replace();
            }
        }
    }
}
