namespace Onramp.Cancellation.Secrets;

/// <summary>The time limit of a read, in elapsed time, shared by all its requests.</summary>
internal sealed class VaultDeadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _budget;
    private readonly CancellationTokenSource _linked;

    public VaultDeadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        (Limit, Caller, _time, _started) = (limit, caller, time, time.GetTimestamp());
        _budget = new CancellationTokenSource(limit, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_budget.Token, caller);
    }

    public TimeSpan Limit { get; }

    public TimeSpan Left => Limit - _time.GetElapsedTime(_started);

    /// <summary>The caller's own token.</summary>
    public CancellationToken Caller { get; }

    /// <summary>Cancelled when the time is up, or by the caller.</summary>
    public CancellationToken Token => _linked.Token;

    public void Dispose()
    {
        _linked.Dispose();
        _budget.Dispose();
    }
}
