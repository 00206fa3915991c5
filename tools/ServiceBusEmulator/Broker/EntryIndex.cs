using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>All messages of a queue by sequence number, in every state.</summary>
internal sealed class EntryIndex
{
    private readonly Dictionary<long, QueueEntry> _byNumber = [];
    private readonly SortedDictionary<int, (long Lowest, long Highest)> _partitions = [];

    public void Add(QueueEntry entry)
    {
        var number = entry.SequenceNumber;
        _byNumber.Add(number, entry);
        var partition = SequenceNumbers.PartitionOf(number);
        _partitions[partition] = _partitions.TryGetValue(partition, out var range)
            ? (Math.Min(range.Lowest, number), Math.Max(range.Highest, number))
            : (number, number);
    }

    public void Remove(QueueEntry entry) => _byNumber.Remove(entry.SequenceNumber);

    public bool TryFind(long sequenceNumber, [NotNullWhen(true)] out QueueEntry? entry) =>
        _byNumber.TryGetValue(sequenceNumber, out entry);

    /// <summary>The messages from a sequence number on, in order.</summary>
    public IEnumerable<QueueEntry> From(long sequenceNumber)
    {
        var first = SequenceNumbers.PartitionOf(sequenceNumber);
        return _partitions.Keys.Where(partition => partition >= first).ToList().SelectMany(From);

        IEnumerable<QueueEntry> From(int partition)
        {
            // Removed numbers are skipped one by one, but those below the first message only once.
            var (lowest, highest) = _partitions[partition];
            while (lowest <= highest && !_byNumber.ContainsKey(lowest))
            {
                lowest++;
            }

            _partitions[partition] = (lowest, highest);
            for (var number = Math.Max(sequenceNumber, lowest); number <= highest; number++)
            {
                if (_byNumber.TryGetValue(number, out var entry))
                {
                    yield return entry;
                }
            }
        }
    }
}
