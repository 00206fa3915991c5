using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>All messages of a queue by sequence number, in every state.</summary>
internal sealed class EntryIndex
{
    private readonly Dictionary<long, QueueEntry> _byNumber = [];
    private long _lowest = long.MaxValue;
    private long _highest;

    public void Add(QueueEntry entry)
    {
        _byNumber.Add(entry.SequenceNumber, entry);
        _lowest = Math.Min(_lowest, entry.SequenceNumber);
        _highest = Math.Max(_highest, entry.SequenceNumber);
    }

    public void Remove(QueueEntry entry) => _byNumber.Remove(entry.SequenceNumber);

    public bool TryFind(long sequenceNumber, [NotNullWhen(true)] out QueueEntry? entry) =>
        _byNumber.TryGetValue(sequenceNumber, out entry);

    /// <summary>The messages from a sequence number on, in order.</summary>
    public IEnumerable<QueueEntry> From(long sequenceNumber)
    {
        // Removed numbers are skipped one by one, but those below the first message only once.
        while (_lowest <= _highest && !_byNumber.ContainsKey(_lowest))
        {
            _lowest++;
        }

        for (var number = Math.Max(sequenceNumber, _lowest); number <= _highest; number++)
        {
            if (_byNumber.TryGetValue(number, out var entry))
            {
                yield return entry;
            }
        }
    }
}
