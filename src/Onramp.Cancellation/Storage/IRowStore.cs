namespace Onramp.Cancellation.Storage;

/// <summary>
/// Tables of rows with optimistic concurrency, such as Azure Table Storage. An exception means that the result is
/// unknown: a write may have taken effect, or may still do so.
/// </summary>
public interface IRowStore
{
    /// <summary>Reads a row; returns null if there is none.</summary>
    Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken);

    /// <summary>Inserts a row; returns false if there already is one with this key.</summary>
    Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Replaces all values of a row; returns false if the row was changed or deleted since it was read.
    /// </summary>
    Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Deletes a row; returns false if the row was changed since it was read. A row that no longer exists counts as
    /// deleted.
    /// </summary>
    Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken);

    /// <summary>Returns rows ordered by partition and row, at most <see cref="RowQuery.Count"/> of them.</summary>
    Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken);
}

/// <summary>Operations that every store has in the same way.</summary>
internal static class RowStores
{
    /// <summary>
    /// Inserts a row that was missing when it was read, or replaces it; returns false if it was inserted, changed or
    /// deleted since.
    /// </summary>
    public static Task<bool> TryWriteAsync(
        this IRowStore rows,
        RowKey key,
        StoredRow? read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) =>
        read is null
            ? rows.TryInsertAsync(key, values, cancellationToken)
            : rows.TryReplaceAsync(read, values, cancellationToken);
}
