using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Records;

/// <summary>
/// The requests that wait for another attempt: a small table, so that an operator sees the backlog without reading all
/// records. A row is written before the request's record says that it waits, and deleted after the record says
/// otherwise.
/// </summary>
internal sealed class WaitingRequests(IRowStore rows)
{
    private const int MaxTries = 5;

    public static RowKey Key(string recordId) => new(RowTable.CancelWaiting, recordId[..1], recordId);

    public async Task AddAsync(WaitingRequest waiting, string keepUntil, CancellationToken cancellationToken)
    {
        var key = Key(waiting.RecordId);
        var values = waiting.Write(keepUntil);

        // After a conflict another delivery of the same request has written the row.
        await rows.TryWriteAsync(key, await rows.ReadAsync(key, cancellationToken), values, cancellationToken);
    }

    public async Task RemoveAsync(string recordId, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (
                await rows.ReadAsync(Key(recordId), cancellationToken) is not { } stored
                || await rows.TryDeleteAsync(stored, cancellationToken)
            )
            {
                return;
            }
        }

        throw new InvalidOperationException("The row was changed by others at every attempt.");
    }

    /// <summary>Returns the rows that this service wrote, and the position of the last row; null when there are no
    /// more.</summary>
    public async Task<(IReadOnlyList<WaitingRequest> Waiting, RowKey? Next)> PageAsync(
        int count,
        RowKey? after,
        CancellationToken cancellationToken
    )
    {
        var page = await rows.QueryAsync(
            new RowQuery(RowTable.CancelWaiting, count) { After = after },
            cancellationToken
        );
        return (
            [.. page.Select(WaitingRequest.Read).OfType<WaitingRequest>()],
            page.Count < count ? null : page[^1].Key
        );
    }
}
