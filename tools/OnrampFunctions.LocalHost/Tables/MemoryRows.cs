namespace OnrampFunctions.LocalHost.Tables;

/// <summary>
/// Rows in memory, ordered by partition and row. Every operation takes logarithmic time; a query also takes time for
/// each row that it returns.
/// </summary>
internal sealed class MemoryRows : IRowStore
{
    private readonly MemoryTable[] _tables = [.. Enum.GetValues<RowTable>().Select(static table => new MemoryTable(table))];

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<StoredRow?>(cancellationToken)
            : Task.FromResult(Table(key).Read(key));

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellationToken)
            : Task.FromResult(Table(key).TryInsert(key, values));

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellationToken)
            : Task.FromResult(Table(read.Key).TryReplace(read.Key, read.ETag, values));

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellationToken)
            : Task.FromResult(Table(read.Key).TryDelete(read.Key, read.ETag));

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<IReadOnlyList<StoredRow>>(cancellationToken)
            : Task.FromResult<IReadOnlyList<StoredRow>>(_tables[(int)query.Table].Query(query));

    private MemoryTable Table(RowKey key) => _tables[(int)key.Table];
}
