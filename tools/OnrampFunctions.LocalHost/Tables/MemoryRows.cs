namespace OnrampFunctions.LocalHost.Tables;

/// <summary>
/// Rows in memory, ordered by partition and row. Every operation takes logarithmic time; a query also takes time for
/// each row that it returns.
/// </summary>
internal sealed class MemoryRows : IRowStore
{
    private readonly MemoryTable[] _tables =
    [
        .. Enum.GetValues<RowTable>().Select(static table => new MemoryTable(table)),
    ];

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        Run(() => Table(key).Read(key), cancellationToken);

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => Run(() => Table(key).TryInsert(key, values), cancellationToken);

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => Run(() => Table(read.Key).TryReplace(read.Key, read.ETag, values), cancellationToken);

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        Run(() => Table(read.Key).TryDelete(read.Key, read.ETag), cancellationToken);

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        Run(() => _tables[(int)query.Table].Query(query), cancellationToken);

    private MemoryTable Table(RowKey key) => _tables[(int)key.Table];

    private static Task<T> Run<T>(Func<T> operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(operation());
        }
        catch (TableError error)
        {
            return Task.FromException<T>(error);
        }
    }
}
