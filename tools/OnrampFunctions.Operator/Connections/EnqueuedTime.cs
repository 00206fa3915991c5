namespace OnrampFunctions.Operator.Connections;

/// <summary>Finds messages by when they came.</summary>
internal static class EnqueuedTime
{
    /// <summary>
    /// The first sequence number from which on every message came at an instant or later, by halving: numbers only
    /// grow, and so does the time.
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
