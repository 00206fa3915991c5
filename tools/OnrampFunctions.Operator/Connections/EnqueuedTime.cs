namespace OnrampFunctions.Operator.Connections;

/// <summary>Finds messages by their enqueued time.</summary>
internal static class EnqueuedTime
{
    /// <summary>
    /// Returns the first sequence number from which every message was enqueued at an instant or later. It uses a binary
    /// search: the enqueued time grows with the sequence number.
    /// </summary>
    public static async Task<long> FindFirstSinceAsync(
        this ServiceBusReceiver receiver,
        DateTimeOffset instant,
        CancellationToken cancellationToken
    )
    {
        var (low, high) = (0L, long.MaxValue);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (
                await receiver.PeekFirstAsync(middle, cancellationToken) is { } message
                && message.EnqueuedTime < instant
            )
            {
                low = message.SequenceNumber + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
