namespace Onramp.Testing;

/// <summary>What a fake table does to one operation.</summary>
internal enum RowFault
{
    None,

    /// <summary>The operation fails without effect.</summary>
    Refuse,

    /// <summary>The operation never ends, without effect.</summary>
    Hang,

    /// <summary>A write takes effect, but its answer is lost.</summary>
    LoseAnswer,

    /// <summary>A write has no effect and returns false, as if somebody else had changed the row.</summary>
    Conflict,
}

/// <summary>Fake tables, which fail as a test says.</summary>
internal sealed class FakeRows(JumpingClock time) : IRowStore
{
    private static readonly Comparer<(string, string)> Ordinal = Comparer<(string Partition, string Row)>.Create(
        static (one, other) =>
            string.CompareOrdinal(one.Partition, other.Partition) is not 0 and var order
                ? order
                : string.CompareOrdinal(one.Row, other.Row)
    );

    private readonly Dictionary<RowTable, SortedDictionary<(string Partition, string Row), StoredRow>> _tables =
        Enum.GetValues<RowTable>()
            .ToDictionary(
                static table => table,
                static _ => new SortedDictionary<(string Partition, string Row), StoredRow>(Ordinal)
            );

    private int _version;

    /// <summary>The fault of every operation.</summary>
    public RowFault Fault { get; set; }

    /// <summary>The fault of an operation, by its name and key; <see cref="Fault"/> if null.</summary>
    public Func<string, RowKey, RowFault>? FaultOf { get; set; }

    /// <summary>Every operation, by its name and table.</summary>
    public List<(string Name, RowTable Table)> Operations { get; } = [];

    public IReadOnlyCollection<StoredRow> this[RowTable table] => _tables[table].Values;

    /// <summary>Writes a row past every rule, as a person with a tool would.</summary>
    public void Put(RowKey key, Dictionary<string, string> values) =>
        _tables[key.Table][(key.Partition, key.Row)] = new StoredRow(key, values, $"{++_version}");

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        RunAsync("read", key, () => _tables[key.Table].GetValueOrDefault((key.Partition, key.Row)));

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            "insert",
            key,
            () =>
                _tables[key.Table]
                    .TryAdd((key.Partition, key.Row), new StoredRow(key, values.ToDictionary(), $"{++_version}"))
        );

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            "replace",
            read.Key,
            () =>
            {
                if (!IsCurrent(read))
                {
                    return false;
                }

                Put(read.Key, values.ToDictionary());
                return true;
            }
        );

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        RunAsync(
            "delete",
            read.Key,
            () =>
                !_tables[read.Key.Table].ContainsKey((read.Key.Partition, read.Key.Row))
                || (IsCurrent(read) && _tables[read.Key.Table].Remove((read.Key.Partition, read.Key.Row)))
        );

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<StoredRow>>(
            "query",
            new RowKey(query.Table, query.Partition ?? "", ""),
            () =>
                [
                    .. _tables[query.Table]
                        .Values.Where(row =>
                            (query.Partition is null || row.Key.Partition == query.Partition)
                            && (
                                query.PartitionBelow is null
                                || string.CompareOrdinal(row.Key.Partition, query.PartitionBelow) < 0
                            )
                            && (
                                query.After is not { } after
                                || Ordinal.Compare((row.Key.Partition, row.Key.Row), (after.Partition, after.Row)) > 0
                            )
                        )
                        .Take(query.Count),
                ]
        );

    private bool IsCurrent(StoredRow read) =>
        _tables[read.Key.Table].TryGetValue((read.Key.Partition, read.Key.Row), out var now) && now.ETag == read.ETag;

    private async Task<T> RunAsync<T>(string name, RowKey key, Func<T> run)
    {
        Operations.Add((name, key.Table));
        switch (FaultOf?.Invoke(name, key) ?? Fault)
        {
            case RowFault.Refuse:
                throw new IOException("The table is not to be had.");
            case RowFault.Hang:
                await Forever.Pass(time);
                break;
            case RowFault.LoseAnswer:
                run();
                throw new IOException("The answer is lost.");
            case RowFault.Conflict when typeof(T) == typeof(bool):
                return default!;
        }

        return run();
    }
}

/// <summary>A task that never completes and ignores cancellation.</summary>
internal static class Forever
{
    private static readonly Task<long> Never = new TaskCompletionSource<long>().Task;

    /// <summary>Advances the time by the caller's maximum time limit.</summary>
    public static Task<long> Pass(JumpingClock time)
    {
        time.Advance(TimeSpan.FromSeconds(5));
        return Never;
    }
}
