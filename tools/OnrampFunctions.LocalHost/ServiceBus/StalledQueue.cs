namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>Detects that messages are ready but none is received for longer than handling one may take.</summary>
/// <param name="longest">The maximum handling time of a message, during which all receivers may be busy.</param>
/// <param name="clock">The clock.</param>
public sealed class StalledQueue(TimeSpan longest, TimeProvider clock)
{
    private long _taken;

    /// <summary>Called for every received message.</summary>
    public void Moved() => Interlocked.Increment(ref _taken);

    /// <summary>
    /// Checks twice within that time until the token is cancelled. Three checks without a received message, the last
    /// two with ready messages, are a stall.
    /// </summary>
    /// <param name="waiting">The number of ready messages.</param>
    /// <param name="replace">Replaces the client.</param>
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
