using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>
/// The messages that can be received: those delivered before go first, in the order of their numbers.
/// </summary>
internal sealed class ReadyMessages(int capacity)
{
    private readonly LinkedList<QueueEntry> _fresh = new();
    private readonly SortedDictionary<long, QueueEntry> _returned = [];

    public int Count => _fresh.Count + _returned.Count;

    /// <summary>Adds a message; beyond the capacity, drops the next one and returns it.</summary>
    public QueueEntry? Add(QueueEntry entry)
    {
        QueueEntry? dropped = null;
        if (Count >= capacity)
        {
            TryTake(out dropped);
        }

        if (entry.IsReturned)
        {
            _returned.Add(entry.SequenceNumber, entry);
        }
        else
        {
            entry.Node = _fresh.AddLast(entry);
        }

        return dropped;
    }

    public bool TryTake([NotNullWhen(true)] out QueueEntry? entry)
    {
        entry = _returned.Count > 0 ? _returned.First().Value : _fresh.First?.Value;
        if (entry is not null)
        {
            Remove(entry);
        }

        return entry is not null;
    }

    public void Remove(QueueEntry entry)
    {
        if (entry.Node is { } node)
        {
            _fresh.Remove(node);
            entry.Node = null;
        }
        else
        {
            _returned.Remove(entry.SequenceNumber);
        }
    }
}
