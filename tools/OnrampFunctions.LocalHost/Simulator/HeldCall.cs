namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// A call that the provider keeps waiting until it is told to go on, so that a test can act while it is under way.
/// </summary>
public sealed class HeldCall
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the call has reached the provider.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Lets the call go on.</summary>
    public void Release() => _released.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _arrived.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
