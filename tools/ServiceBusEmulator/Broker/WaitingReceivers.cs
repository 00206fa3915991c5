namespace ServiceBusEmulator.Broker;

/// <summary>Receivers that wait for a message, the longest waiting first.</summary>
/// <param name="gate">The lock of the queue, held by every caller.</param>
internal sealed class WaitingReceivers(Lock gate)
{
    private readonly LinkedList<TaskCompletionSource<LockedMessage>> _waiting = new();

    /// <summary>Waits for a message. The continuation never runs under the lock.</summary>
    public async Task<LockedMessage> WaitAsync(CancellationToken cancellationToken)
    {
        var node = _waiting.AddLast(
            new TaskCompletionSource<LockedMessage>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var registration = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                // A receiver that already has a message is no longer in the list and keeps it.
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                    node.Value.TrySetCanceled(cancellationToken);
                }
            }
        });
        return await node.Value.Task;
    }

    /// <summary>Removes the receiver that has waited longest; null when none waits.</summary>
    public TaskCompletionSource<LockedMessage>? TakeLongest()
    {
        if (_waiting.First is not { } longest)
        {
            return null;
        }

        _waiting.RemoveFirst();
        return longest.Value;
    }
}
