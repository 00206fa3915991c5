using System.Globalization;

namespace OnrampFunctions.LocalHost.Tables;

/// <summary>One table in memory.</summary>
internal sealed class MemoryTable(RowTable name)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _rows = new(Entry.InOrder);
    private long _lastVersion;

    public StoredRow? Read(RowKey key)
    {
        lock (_lock)
        {
            return _rows.TryGetValue(Entry.At(key), out var entry) ? ToRow(entry) : null;
        }
    }

    public bool TryInsert(RowKey key, IReadOnlyDictionary<string, string> values)
    {
        RowLimits.Check(key, values);
        Entry entry = new(key.Partition, key.Row, Pack(values));
        lock (_lock)
        {
            entry.Version = ++_lastVersion;
            return _rows.Add(entry);
        }
    }

    public bool TryReplace(RowKey key, string etag, IReadOnlyDictionary<string, string> values)
    {
        RowLimits.Check(key, values);
        var packed = Pack(values);
        lock (_lock)
        {
            if (!_rows.TryGetValue(Entry.At(key), out var entry) || ETagOf(entry) != etag)
            {
                return false;
            }

            entry.Values = packed;
            entry.Version = ++_lastVersion;
            return true;
        }
    }

    public bool TryDelete(RowKey key, string etag)
    {
        lock (_lock)
        {
            if (!_rows.TryGetValue(Entry.At(key), out var entry))
            {
                return true;
            }

            return ETagOf(entry) == etag && _rows.Remove(entry);
        }
    }

    public IReadOnlyList<StoredRow> Query(RowQuery query)
    {
        List<StoredRow> rows = [];
        lock (_lock)
        {
            foreach (var entry in From(FirstOf(query)))
            {
                if (
                    rows.Count == query.Count
                    || (query.Partition is { } partition && entry.Partition != partition)
                    || (query.PartitionBelow is { } limit && string.CompareOrdinal(entry.Partition, limit) >= 0)
                )
                {
                    break;
                }

                rows.Add(ToRow(entry));
            }
        }

        return rows;
    }

    /// <summary>The least key that the query may return.</summary>
    private static Entry FirstOf(RowQuery query)
    {
        Entry first = new(query.Partition ?? "", "", []);
        if (query.After is not { } key)
        {
            return first;
        }

        // No text is between a text and the same one with a zero character at its end.
        Entry next = new(key.Partition, key.Row + '\0', []);
        return Entry.InOrder.Compare(next, first) > 0 ? next : first;
    }

    private SortedSet<Entry> From(Entry first) =>
        _rows.Max is { } last && Entry.InOrder.Compare(first, last) <= 0 ? _rows.GetViewBetween(first, last) : [];

    private StoredRow ToRow(Entry entry)
    {
        var packed = entry.Values;
        Dictionary<string, string> values = new(packed.Length / 2, StringComparer.Ordinal);
        for (var index = 0; index < packed.Length; index += 2)
        {
            values.Add(packed[index], packed[index + 1]);
        }

        return new StoredRow(new RowKey(name, entry.Partition, entry.Row), values, ETagOf(entry));
    }

    /// <summary>The form of the real service.</summary>
    private static string ETagOf(Entry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"W/\"version'{entry.Version}'\"");

    /// <summary>Names and values in turn: a fraction of the memory of a dictionary.</summary>
    private static string[] Pack(IReadOnlyDictionary<string, string> values)
    {
        var packed = new string[2 * values.Count];
        var index = 0;
        foreach (var (valueName, value) in values)
        {
            packed[index++] = valueName;
            packed[index++] = value;
        }

        return packed;
    }

    private sealed class Entry(string partition, string row, string[] values)
    {
        public static readonly Comparer<Entry> InOrder = Comparer<Entry>.Create(
            static (one, other) =>
                string.CompareOrdinal(one.Partition, other.Partition) is not 0 and var order
                    ? order
                    : string.CompareOrdinal(one.Row, other.Row)
        );

        public string Partition => partition;

        public string Row => row;

        public string[] Values { get; set; } = values;

        public long Version { get; set; }

        public static Entry At(RowKey key) => new(key.Partition, key.Row, []);
    }
}
