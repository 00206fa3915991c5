namespace Onramp.Cancellation.Hosting;

/// <summary>
/// In-flight work, from HTTP and from the queue. When the host stops, no new work begins and in-flight work gets a few
/// seconds. The rest is abandoned: a message returns to the queue, and an HTTP caller is asked to retry.
/// </summary>
public sealed class WorkInProgress(TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The host itself counts as one until it stops. Zero is reached once and never left.
    private int _count = 1;
    private int _closed;

    /// <summary>Cancelled when no new work may begin.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Cancelled when work under way has to end.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Registers work; returns false when no new work may begin.</summary>
    public bool TryBegin()
    {
        int count;
        do
        {
            count = Volatile.Read(ref _count);
            if (count == 0 || _closing.IsCancellationRequested)
            {
                return false;
            }
        } while (Interlocked.CompareExchange(ref _count, count + 1, count) != count);

        return true;
    }

    /// <summary>Ends work that <see cref="TryBegin"/> registered.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>
    /// Rejects new work and waits for in-flight work, which is abandoned after <paramref name="patience"/> or when the
    /// token is cancelled.
    /// </summary>
    public async Task CloseAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        using CancellationTokenSource patienceEnded = new(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patienceEnded.Token);
        var told = _closing.CancelAsync();
        End();
        try
        {
            // Callbacks may block: a client's own lock must not prevent the host from stopping.
            await told.WaitAsync(either.Token);
            await _idle.Task.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            await _abandoned
                .CancelAsync()
                .WaitAsync(patience, clock, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Dispose();
        _abandoned.Dispose();
    }
}
