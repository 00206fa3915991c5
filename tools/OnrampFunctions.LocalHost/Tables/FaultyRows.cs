namespace OnrampFunctions.LocalHost.Tables;

/// <summary>The rows of the local host, with the faults that are injected.</summary>
internal sealed class FaultyRows(MemoryRows rows, FaultInjector faults, TimeProvider clock) : IRowStore
{
    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        faults.AffectTables
            ? RunAsync(
                $"read {key.Table} {key.Partition} {key.Row}",
                token => rows.ReadAsync(key, token),
                cancellationToken
            )
            : rows.ReadAsync(key, cancellationToken);

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        faults.AffectTables
            ? WriteAsync("insert", key, token => rows.TryInsertAsync(key, values, token), cancellationToken)
            : rows.TryInsertAsync(key, values, cancellationToken);

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        faults.AffectTables
            ? WriteAsync("replace", read.Key, token => rows.TryReplaceAsync(read, values, token), cancellationToken)
            : rows.TryReplaceAsync(read, values, cancellationToken);

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        faults.AffectTables
            ? WriteAsync("delete", read.Key, token => rows.TryDeleteAsync(read, token), cancellationToken)
            : rows.TryDeleteAsync(read, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        faults.AffectTables
            ? RunAsync(
                $"query {query.Table} {query.Partition} {query.PartitionBelow}",
                token => rows.QueryAsync(query, token),
                cancellationToken
            )
            : rows.QueryAsync(query, cancellationToken);

    private Task<bool> WriteAsync(
        string operation,
        RowKey key,
        Func<CancellationToken, Task<bool>> write,
        CancellationToken cancellationToken
    )
    {
        var id = $"{operation} {key.Table} {key.Partition} {key.Row}";
        return RunAsync(id, WriteAsync, cancellationToken);

        async Task<bool> WriteAsync(CancellationToken token)
        {
            if (faults.HitsTables(FaultKind.TablesConflict, id))
            {
                return false;
            }

            var result = await write(token);
            return result && faults.HitsTables(FaultKind.TablesAnswerLost, id)
                ? throw new RowsFaultException("The answer of the tables is lost on purpose.", wasDone: true)
                : result;
        }
    }

    private async Task<T> RunAsync<T>(
        string id,
        Func<CancellationToken, Task<T>> operation,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (faults.HitsTables(FaultKind.TablesRefused, id))
        {
            throw new RowsFaultException("The tables refuse everything on purpose.", wasDone: false);
        }

        if (faults.HitsTables(FaultKind.TablesHang, id))
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        return faults.HitsTables(FaultKind.TablesSlow, id)
            ? await DelayAsync(operation).WaitAsync(cancellationToken)
            : await operation(cancellationToken);
    }

    /// <summary>A server carries out a request although its caller has given up.</summary>
    private async Task<T> DelayAsync<T>(Func<CancellationToken, Task<T>> operation)
    {
        await Task.Delay(faults.Settings.SlowFor, clock, CancellationToken.None);
        return await operation(CancellationToken.None);
    }
}
