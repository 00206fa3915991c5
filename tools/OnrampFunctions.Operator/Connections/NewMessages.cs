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
                next = await FindFirstAsync(first, cancellationToken);
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
    /// Returns the first sequence number of a partition from which every message was enqueued at the instant or later.
    /// The steps of the search double until one is too long, so that it takes few requests however far apart the
    /// partition's numbers can be.
    /// </summary>
    private async Task<long> FindFirstAsync(ServiceBusReceivedMessage first, CancellationToken cancellationToken)
    {
        if (first.EnqueuedTime >= since)
        {
            return first.SequenceNumber;
        }

        var partition = QueuePartition.Of(first.SequenceNumber);
        var (low, high) = (first.SequenceNumber + 1, QueuePartition.LastNumber(partition));
        for (var step = 1L; low < high; )
        {
            var middle = low + Math.Min(step, (high - low) / 2);
            if (
                await receiver.PeekFirstAsync(middle, cancellationToken) is { } message
                && QueuePartition.Of(message.SequenceNumber) == partition
                && message.EnqueuedTime < since
            )
            {
                low = message.SequenceNumber + 1;
                step *= 2;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
