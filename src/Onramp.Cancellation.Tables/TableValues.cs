using System.Globalization;
using Azure.Data.Tables;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Tables;

/// <summary>Converts rows to entities of the SDK and back.</summary>
internal static class TableValues
{
    private const string Timestamp = "Timestamp";
    private const string Metadata = "odata.";

    public static TableEntity ToEntity(RowKey key, IReadOnlyDictionary<string, string> values)
    {
        TableEntity entity = new(key.Partition, key.Row);
        foreach (var (name, value) in values)
        {
            entity.Add(name, value);
        }

        return entity;
    }

    public static StoredRow ToRow(RowTable table, TableEntity entity)
    {
        Dictionary<string, string> values = new(entity.Count, StringComparer.Ordinal);
        foreach (var (name, value) in entity)
        {
            if (IsOfService(name))
            {
                continue;
            }

            if (ToText(value) is { } text)
            {
                values.Add(name, text);
            }
        }

        return new StoredRow(new RowKey(table, entity.PartitionKey, entity.RowKey), values, entity.ETag.ToString());
    }

    private static bool IsOfService(string name) =>
        name is nameof(TableEntity.PartitionKey) or nameof(TableEntity.RowKey) or Timestamp
        || name.StartsWith(Metadata, StringComparison.Ordinal);

    /// <summary>
    /// The service only writes text. People who edit a row by hand may choose another type; bytes are skipped.
    /// </summary>
    private static string? ToText(object? value) =>
        value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
            DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
}
