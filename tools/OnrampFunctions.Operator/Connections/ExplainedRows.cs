using Onramp.Cancellation.Storage;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Rows whose errors are explained in one sentence.</summary>
internal sealed class ExplainedRows(IRowStore rows, string host, Role role) : IRowStore
{
    /// <summary>The last error; null for none. The core reports some errors only as a result.</summary>
    public OperatorException? LastError { get; private set; }

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        RunAsync(() => rows.ReadAsync(key, cancellationToken), cancellationToken);

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => RunAsync(() => rows.TryInsertAsync(key, values, cancellationToken), cancellationToken);

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => RunAsync(() => rows.TryReplaceAsync(read, values, cancellationToken), cancellationToken);

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        RunAsync(() => rows.TryDeleteAsync(read, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        RunAsync(() => rows.QueryAsync(query, cancellationToken), cancellationToken);

    private async Task<T> RunAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await operation();
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested
                && TablesErrors.Explain(exception, host, role) is { } sentence
            )
        {
            LastError = new OperatorException(sentence);
            throw LastError;
        }
    }
}
