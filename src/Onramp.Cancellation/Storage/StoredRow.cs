namespace Onramp.Cancellation.Storage;

/// <summary>The tables of the service. The name of a table is the name of its value.</summary>
public enum RowTable
{
    /// <summary>The stale-order timeouts, by order and caller.</summary>
    CancelTimeouts,

    /// <summary>The state of each request.</summary>
    CancelRequests,

    /// <summary>The outcomes of each order.</summary>
    CancelOutcomes,

    /// <summary>The requests that wait for another attempt.</summary>
    CancelWaiting,

    /// <summary>Which rows to delete, by hour.</summary>
    CancelRetention,
}

/// <summary>The key of a row: printable ASCII without <c>/</c>, <c>\</c>, <c>#</c> and <c>?</c>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition key.</param>
/// <param name="Row">The key within the partition.</param>
public readonly record struct RowKey(RowTable Table, string Partition, string Row);

/// <summary>A row as it was read.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Values">Its values by name; names are ordinary identifiers. An empty text is a value.</param>
/// <param name="ETag">The version of the row, which every write changes.</param>
public sealed record StoredRow(RowKey Key, IReadOnlyDictionary<string, string> Values, string ETag);

/// <summary>Which rows to return.</summary>
/// <param name="Table">The table.</param>
/// <param name="Count">The maximum number of rows, 1 to 1000.</param>
public readonly record struct RowQuery(RowTable Table, int Count)
{
    /// <summary>Only this partition; null for all partitions.</summary>
    public string? Partition { get; init; }

    /// <summary>Only partitions whose key is ordinally less; null for no limit.</summary>
    public string? PartitionBelow { get; init; }

    /// <summary>Only rows after this one in the order of partition and row; null to begin with the first.</summary>
    public RowKey? After { get; init; }
}
