using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.Local;

/// <summary>Messages that wait for a receiver: those that were delivered before go first, in the order of their numbers.</summary>
internal sealed class ReadyMessages(int capacity)
{
    private readonly Queue<QueueEntry> _fresh = new();
    private readonly PriorityQueue<QueueEntry, long> _returned = new();

    public int Count => _fresh.Count + _returned.Count;

    /// <summary>Adds a message; over the capacity the one that would be next is dropped.</summary>
    public void Add(QueueEntry entry)
    {
        if (Count >= capacity)
        {
            TryTake(out _);
        }

        if (entry.DeliveryCount > 0)
        {
            _returned.Enqueue(entry, entry.SequenceNumber);
        }
        else
        {
            _fresh.Enqueue(entry);
        }
    }

    public bool TryTake([NotNullWhen(true)] out QueueEntry? entry) => _returned.TryDequeue(out entry, out _) || _fresh.TryDequeue(out entry);
}
