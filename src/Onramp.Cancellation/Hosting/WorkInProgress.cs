namespace Onramp.Cancellation.Hosting;

/// <summary>
/// What is being done right now, by HTTP or from the queue. When the host stops, no new work begins, what is under way
/// gets a few seconds, and the rest is abandoned: its message goes back to the queue, its HTTP caller is told to ask
/// again.
/// </summary>
public sealed class WorkInProgress(TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the host itself, which it gives up when it stops: zero is reached once, and then for good.
    private int _count = 1;
    private int _closed;

    /// <summary>Cancelled when no new work may begin.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Cancelled when work under way has to end.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Announces work; false when none may begin any more.</summary>
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

    /// <summary>Ends work that <see cref="TryBegin"/> announced.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>
    /// Lets no new work begin and waits for what is under way; after <paramref name="patience"/>, or when the token
    /// ends, abandons it.
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
            // Whoever is told may block: a client's own lock must not keep the host from stopping.
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
