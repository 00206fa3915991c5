using System.Runtime.CompilerServices;

namespace OnrampFunctions.Operator.Connections;

/// <summary>
/// Peeks the messages that were enqueued since an instant, each once. Sequence numbers and enqueued times grow together
/// only within a partition, so it remembers its place in each partition.
/// </summary>
internal sealed class NewMessages(ServiceBusReceiver receiver, DateTimeOffset since)
{
    private readonly Dictionary<long, long> _next = [];

    /// <summary>Returns the messages that no earlier call has returned.</summary>
    public async IAsyncEnumerable<ServiceBusReceivedMessage> PeekAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var start = 0L; await receiver.PeekFirstAsync(start, cancellationToken) is { } first; )
        {
            var partition = QueuePartition.Of(first.SequenceNumber);
            if (!_next.TryGetValue(partition, out var next))
            {
                next = await FindFirstAsync(partition, cancellationToken);
            }

            await foreach (var message in receiver.PeekAllAsync(next, cancellationToken: cancellationToken))
            {
                if (QueuePartition.Of(message.SequenceNumber) != partition)
                {
                    break;
                }

                _next[partition] = message.SequenceNumber + 1;
                yield return message;
            }

            if (partition == QueuePartition.Last)
            {
                yield break;
            }

            start = QueuePartition.FirstNumber(partition + 1);
        }
    }

    /// <summary>
    /// Returns the first sequence number of a partition from which every message was enqueued at the instant or later,
    /// by binary search.
    /// </summary>
    private async Task<long> FindFirstAsync(long partition, CancellationToken cancellationToken)
    {
        var (low, high) = (QueuePartition.FirstNumber(partition), QueuePartition.LastNumber(partition));
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (
                await receiver.PeekFirstAsync(middle, cancellationToken) is { } message
                && QueuePartition.Of(message.SequenceNumber) == partition
                && message.EnqueuedTime < since
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
