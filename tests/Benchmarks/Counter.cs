namespace Benchmarks;

/// <summary>Counts events and can be waited for.</summary>
internal sealed class Counter
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private TaskCompletionSource? _reached;
    private long _value;
    private long _target;

    public void Increment()
    {
        lock (_gate)
        {
            if (++_value == _target)
            {
                _reached!.SetResult();
            }
        }
    }

    /// <summary>Waits for a number of further events.</summary>
    /// <exception cref="TimeoutException">They did not happen.</exception>
    public Task WhenAsync(int count)
    {
        lock (_gate)
        {
            _target = _value + count;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _reached.Task.WaitAsync(Limit, TimeProvider.System);
        }
    }
}
