namespace OnrampFunctions.LocalHost.Page;

/// <summary>The last few of many, each with its number. Safe for many threads; adding one is quick.</summary>
internal sealed class Recent<T>(int capacity)
{
    private readonly Lock _gate = new();
    private readonly T[] _items = new T[capacity];
    private long _total;

    /// <summary>How many there ever were, which is also the number of the last.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _items[_total++ % capacity] = item;
        }
    }

    /// <summary>The newest after a number, at most so many, the oldest of them first.</summary>
    public IReadOnlyList<(long Number, T Item)> After(long number, int count)
    {
        lock (_gate)
        {
            var first = Math.Max(number, _total - Math.Min(count, capacity)) + 1;
            List<(long, T)> found = [];
            for (var next = Math.Max(first, 1); next <= _total; next++)
            {
                found.Add((next, _items[(next - 1) % capacity]));
            }

            return found;
        }
    }
}
