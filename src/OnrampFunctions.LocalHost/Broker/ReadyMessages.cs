using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.Local;

/// <summary>Messages that wait for a receiver: those that were delivered before go first, in the order of their numbers.</summary>
internal sealed class ReadyMessages(int capacity)
{
    private readonly Queue<QueueEntry> _fresh = new();
    private readonly PriorityQueue<QueueEntry, long> _returned = new();

    public int Count => _fresh.Count + _returned.Count;

    public void Add(QueueEntry entry)
    {
        if (entry.DeliveryCount > 0)
        {
            _returned.Enqueue(entry, entry.SequenceNumber);
            return;
        }

        if (_fresh.Count >= capacity)
        {
            _fresh.Dequeue();
        }

        _fresh.Enqueue(entry);
    }

    public bool TryTake([NotNullWhen(true)] out QueueEntry? entry) => _returned.TryDequeue(out entry, out _) || _fresh.TryDequeue(out entry);
}
