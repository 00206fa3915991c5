using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Tables;

/// <summary>
/// Rows in Azure Table Storage. A table that does not exist is created when it is needed first; in Azure it is part of
/// the deployment.
/// </summary>
internal sealed class TableRows(TableServiceClient service) : IRowStore
{
    private readonly TableClient[] _tables =
    [
        .. Enum.GetValues<RowTable>().Select(table => service.GetTableClient(table.ToString())),
    ];

    public async Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        var answer = await _tables[(int)key.Table]
            .GetEntityIfExistsAsync<TableEntity>(key.Partition, key.Row, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return answer.HasValue ? TableValues.ToRow(key.Table, answer.Value!) : null;
    }

    public async Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await InTableAsync(
                    key.Table,
                    table => table.AddEntityAsync(TableValues.ToEntity(key, values), cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            return false;
        }
    }

    public async Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _tables[(int)read.Key.Table]
                .UpdateEntityAsync(
                    TableValues.ToEntity(read.Key, values),
                    new ETag(read.ETag),
                    TableUpdateMode.Replace,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            return false;
        }
    }

    public async Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken)
    {
        try
        {
            // A missing row is not an error.
            await _tables[(int)read.Key.Table]
                .DeleteEntityAsync(read.Key.Partition, read.Key.Row, new ETag(read.ETag), cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 412)
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        if (!RowFilter.TryCreate(query, out var filter))
        {
            return [];
        }

        try
        {
            return await QueryAsync(query, filter, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
        {
            return [];
        }
    }

    private async Task<IReadOnlyList<StoredRow>> QueryAsync(
        RowQuery query,
        string? filter,
        CancellationToken cancellationToken
    )
    {
        List<StoredRow> rows = [];

        // The service may return fewer rows than it was asked for, and a token to continue.
        await foreach (
            var entity in _tables[(int)query.Table]
                .QueryAsync<TableEntity>(filter, query.Count, cancellationToken: cancellationToken)
                .ConfigureAwait(false)
        )
        {
            rows.Add(TableValues.ToRow(query.Table, entity));
            if (rows.Count == query.Count)
            {
                break;
            }
        }

        return rows;
    }

    private async Task InTableAsync(
        RowTable name,
        Func<TableClient, Task> operation,
        CancellationToken cancellationToken
    )
    {
        var table = _tables[(int)name];
        try
        {
            await operation(table).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
        {
            await CreateAsync(table, cancellationToken).ConfigureAwait(false);
            await operation(table).ConfigureAwait(false);
        }
    }

    private static async Task CreateAsync(TableClient table, CancellationToken cancellationToken)
    {
        try
        {
            await table.CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableAlreadyExists)
        {
            // Another instance was faster.
        }
    }
}
