using System.Runtime.CompilerServices;

namespace OnrampFunctions.Operations.Connecting;

/// <summary>Looking at messages without taking them from anybody: locked and scheduled ones are seen too.</summary>
internal static class Peeking
{
    // Service Bus hands out no more at once.
    private const int PageSize = 250;

    /// <summary>Every message from a sequence number on, in its order.</summary>
    public static async IAsyncEnumerable<ServiceBusReceivedMessage> PeekAllAsync(
        this ServiceBusReceiver receiver, long from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = from; ;)
        {
            var page = await receiver.PeekMessagesAsync(PageSize, next, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var message in page)
            {
                yield return message;
            }

            next = page[^1].SequenceNumber + 1;
        }
    }

    /// <summary>The first sequence number from which on every message came at an instant or later, by halving: numbers only grow, and so does the time.</summary>
    public static async Task<long> FindFirstSinceAsync(this ServiceBusReceiver receiver, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, long.MaxValue);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await receiver.PeekMessageAsync(middle, cancellationToken) is { } message && message.EnqueuedTime < instant)
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
