namespace OnrampFunctions.Local;

/// <summary>The message ids of the last while. Ids leave in the order in which they came, so forgetting is a queue and never a scan.</summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    // The window alone would let a load test fill the memory with ids.
    private const int Capacity = 200_000;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset Until)> _order = new();

    /// <summary>False when the id was seen within the window.</summary>
    public bool TryAdd(string id, DateTimeOffset now)
    {
        if (window <= TimeSpan.Zero)
        {
            return true;
        }

        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _order.Count >= Capacity))
        {
            _ids.Remove(_order.Dequeue().Id);
        }

        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue((id, now + window));
        return true;
    }
}
