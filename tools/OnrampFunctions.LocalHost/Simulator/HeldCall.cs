namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// A call that the provider holds until it is released, so that a test can act while the call is in progress.
/// </summary>
public sealed class HeldCall
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the call has reached the provider.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Lets the call continue.</summary>
    public void Release() => _released.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _arrived.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
