namespace OnrampFunctions.LocalHost.Page;

/// <summary>The latest items, each with its number. Thread-safe; adding an item is fast.</summary>
internal sealed class Recent<T>(int capacity)
{
    private readonly Lock _gate = new();
    private readonly T[] _items = new T[capacity];
    private long _total;

    /// <summary>The number of items ever added, which is the number of the latest.</summary>
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

    /// <summary>The newest items after a number, at most <paramref name="count"/>, oldest first.</summary>
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
