namespace Onramp.Cancellation.Secrets;

/// <summary>How long a reading may take, in elapsed time, shared by everything that it reads.</summary>
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

    /// <summary>The caller's own reason to end.</summary>
    public CancellationToken Caller { get; }

    /// <summary>Cancelled at the end of the time, or by the caller.</summary>
    public CancellationToken Token => _linked.Token;

    public void Dispose()
    {
        _linked.Dispose();
        _budget.Dispose();
    }
}
