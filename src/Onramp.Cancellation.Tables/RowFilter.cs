using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Tables;

/// <summary>Writes queries as OData filters.</summary>
internal static class RowFilter
{
    /// <summary>Returns false if no row can match; otherwise a filter, or null for all rows.</summary>
    public static bool TryCreate(RowQuery query, out string? filter)
    {
        filter = null;
        if (query.Partition is { } partition)
        {
            if (query.PartitionBelow is { } limit && string.CompareOrdinal(partition, limit) >= 0)
            {
                return false;
            }

            filter = $"PartitionKey eq {Literal(partition)}";
            if (query.After is not { } last)
            {
                return true;
            }

            var order = string.CompareOrdinal(last.Partition, partition);
            filter += order == 0 ? $" and RowKey gt {Literal(last.Row)}" : "";
            return order <= 0;
        }

        var below = query.PartitionBelow is { } end ? $"PartitionKey lt {Literal(end)}" : null;
        var after = query.After is { } key
            ? $"((PartitionKey eq {Literal(key.Partition)} and RowKey gt {Literal(key.Row)}) "
                + $"or PartitionKey gt {Literal(key.Partition)})"
            : null;
        filter = below is null || after is null ? below ?? after : $"{below} and {after}";
        return true;
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
