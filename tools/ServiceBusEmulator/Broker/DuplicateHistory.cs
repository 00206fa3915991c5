namespace ServiceBusEmulator.Broker;

/// <summary>
/// The recent message ids. They expire in the order in which they were added, so expiry needs a queue and never a scan.
/// </summary>
/// <param name="window">How long an id is remembered.</param>
/// <param name="capacity">How many ids are remembered: with the window alone, a load test would fill the
/// memory.</param>
internal sealed class DuplicateHistory(TimeSpan window, int capacity)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset Until)> _order = new();

    /// <summary>Forgets all ids.</summary>
    public void Clear()
    {
        _ids.Clear();
        _order.Clear();
    }

    /// <summary>Returns false when the id was seen within the window.</summary>
    public bool TryAdd(string id, DateTimeOffset now)
    {
        if (window <= TimeSpan.Zero)
        {
            return true;
        }

        while (_order.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _ids.Remove(_order.Dequeue().Id);
        }

        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue((id, now + window));
        if (_order.Count > capacity)
        {
            _ids.Remove(_order.Dequeue().Id);
        }

        return true;
    }
}
