using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Storage;

/// <summary>
/// Deletes rows that are no longer needed. An index lists them by the hour in which they expire, in 16 partitions an
/// hour. An entry is written before its rows, so that no row is forgotten.
/// </summary>
public sealed partial class RowRetention
{
    /// <summary>The value of a row that says until when it is kept. A row without it is kept.</summary>
    internal const string KeepUntil = "keepUntil";

    private const string Rows = "rows";
    private const string Hour = "yyyyMMddHH";
    private const char BetweenRows = ' ';
    private const char BetweenKeys = ',';
    private const int PageSize = 100;

    private readonly IRowStore _rows;
    private readonly TimeSpan _keepFor;
    private readonly TimeProvider _time;
    private readonly ILogger<RowRetention> _logger;

    internal RowRetention(
        IRowStore rows,
        IOptions<RecordsOptions> options,
        TimeProvider time,
        ILogger<RowRetention> logger
    )
    {
        (_rows, _keepFor, _time, _logger) = (rows, options.Value.KeepFor, time, logger);
    }

    /// <summary>Adds an entry for rows that are about to be written.</summary>
    /// <returns>Until when the rows are kept: their value <see cref="KeepUntil"/>.</returns>
    internal async Task<string> AddAsync(IReadOnlyList<RowKey> rows, CancellationToken cancellationToken)
    {
        var keepUntil = _time.GetUtcNow() + _keepFor;
        var names = string.Join(
            BetweenRows,
            rows.Select(static row => string.Join(BetweenKeys, row.Table, row.Partition, row.Row))
        );

        // The same rows in the same hour have the same entry.
        var name = Digest.Of(names);
        RowKey entry = new(RowTable.CancelRetention, $"{Format(keepUntil, Hour)}-{name[0]}", name);
        await _rows.TryInsertAsync(entry, new Dictionary<string, string> { [Rows] = names }, cancellationToken);
        return Format(keepUntil, "O");
    }

    /// <summary>Deletes the rows whose hour is over, and their entries, until none is left.</summary>
    /// <returns>The number of deleted rows.</returns>
    public async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var deleted = 0;
        var query = new RowQuery(RowTable.CancelRetention, PageSize)
        {
            PartitionBelow = Format(_time.GetUtcNow(), Hour),
        };
        while (await _rows.QueryAsync(query, cancellationToken) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                foreach (var key in KeysOf(entry))
                {
                    deleted += await DeleteAsync(key, cancellationToken) ? 1 : 0;
                }

                await _rows.TryDeleteAsync(entry, cancellationToken);
            }

            query = query with { After = entries[^1].Key };
        }

        if (deleted > 0)
        {
            Log.Deleted(_logger, deleted);
        }

        return deleted;
    }

    /// <summary>Deletes a row unless it was renewed; a renewed row has another entry.</summary>
    private async Task<bool> DeleteAsync(RowKey key, CancellationToken cancellationToken) =>
        await _rows.ReadAsync(key, cancellationToken) is { } row
        && row.Values.TryGetValue(KeepUntil, out var text)
        && TimingText.TryReadInstant(text, out var keepUntil)
        && keepUntil <= _time.GetUtcNow()
        && await _rows.TryDeleteAsync(row, cancellationToken);

    private static IEnumerable<RowKey> KeysOf(StoredRow entry)
    {
        foreach (var name in (entry.Values.GetValueOrDefault(Rows) ?? "").Split(BetweenRows))
        {
            if (
                name.Split(BetweenKeys) is [var table, var partition, var row]
                && Enum.TryParse<RowTable>(table, out var known)
            )
            {
                yield return new RowKey(known, partition, row);
            }
        }
    }

    private static string Format(DateTimeOffset instant, string format) =>
        instant.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(811, LogLevel.Information, "Deleted {Count} rows that are no longer kept")]
        public static partial void Deleted(ILogger logger, int count);
    }
}
