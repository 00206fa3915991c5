namespace ServiceBusEmulator.Broker;

/// <summary>Receivers that found the queue empty, the longest waiting first.</summary>
/// <param name="gate">The queue's lock, under which everything here is called.</param>
internal sealed class WaitingReceivers(Lock gate)
{
    private readonly LinkedList<TaskCompletionSource<LockedMessage>> _waiting = new();

    /// <summary>Waits for a message. The continuation never runs inside the queue's lock.</summary>
    public async Task<LockedMessage> WaitAsync(CancellationToken cancellationToken)
    {
        var node = _waiting.AddLast(
            new TaskCompletionSource<LockedMessage>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var registration = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                // A receiver that a message was handed to is no longer in the list, and then keeps the message.
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                    node.Value.TrySetCanceled(cancellationToken);
                }
            }
        });
        return await node.Value.Task;
    }

    /// <summary>Who gets the next message; null when nobody waits.</summary>
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
