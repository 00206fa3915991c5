using System.Globalization;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Records;

/// <summary>What an earlier request under the same id means for a new one.</summary>
public enum RepeatKind
{
    /// <summary>There is none, or the tables do not answer: go ahead.</summary>
    New,

    /// <summary>It asked for the same and is not finished, or failed: go ahead, repeating is safe.</summary>
    Repeat,

    /// <summary>It asked for the same and has a final outcome.</summary>
    Finished,

    /// <summary>It asked for something else.</summary>
    Different,
}

/// <summary>The records of requests and of the outcomes of orders.</summary>
public sealed partial class RequestRecords
{
    private const int MaxTries = 5;

    // The most that the tables return at once.
    private const int PageSize = 1000;

    // How late an attempt may be before the record is asked whether the request still waits.
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    private readonly IRowStore _rows;
    private readonly RowRetention _retention;
    private readonly WaitingRequests _waiting;
    private readonly TimeProvider _time;
    private readonly ILogger<RequestRecords> _logger;

    internal RequestRecords(IRowStore rows, RowRetention retention, TimeProvider time, ILogger<RequestRecords> logger)
    {
        (_rows, _retention, _time, _logger) = (rows, retention, time, logger);
        _waiting = new WaitingRequests(rows);
    }

    /// <summary>Returns the record of a request; null if there is none.</summary>
    /// <exception cref="TablesUnavailableException">The tables did not answer.</exception>
    public async Task<RequestRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).Record;

    /// <summary>
    /// Compares a request with an earlier one under the same id, and reserves the id if there is none. A request does
    /// not depend on the tables: while they do not answer it goes ahead.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="mustShareReason">Whether the reason must be the same too, as for a signed request, whose body is
    /// never changed.</param>
    /// <param name="isDeferred">Whether the request is about to wait on the queue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<(RepeatKind Kind, RequestRecord? Record)> ReserveAsync(
        CancelRequest request,
        bool mustShareReason,
        bool isDeferred,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.RecordId;
        var waiting = Waiting(request, _time.GetUtcNow());
        try
        {
            for (var tries = 0; tries < MaxTries; tries++)
            {
                // Most requests are new, so this comes first.
                if (await TryWriteAsync(stored: null, id, waiting, cancellationToken))
                {
                    return (RepeatKind.New, null);
                }

                var (stored, record) = await ReadAsync(id, cancellationToken);
                if (record is not null)
                {
                    var kind = Compare(record, request, mustShareReason);
                    if (kind != RepeatKind.Repeat || record.Outcome is null || !isDeferred)
                    {
                        return (kind, record);
                    }
                }

                if (stored is not null && await TryWriteAsync(stored, id, waiting, cancellationToken))
                {
                    return (record is null ? RepeatKind.New : RepeatKind.Repeat, record);
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The request does not depend on it.
        }

        return (RepeatKind.New, null);
    }

    /// <summary>
    /// Records that a request waits for another attempt. While the tables do not answer it is left out: the request does
    /// not depend on it.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="nextTryAt">When the next attempt is due.</param>
    /// <param name="cause">Why it waits: words that many requests have in common.</param>
    /// <param name="detail">What is special about this request; null for nothing.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task WaitAsync(
        CancelRequest request,
        DateTimeOffset nextTryAt,
        string cause,
        string? detail,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.RecordId;
        var since = request.RetryingSince ?? _time.GetUtcNow();
        WaitingRequest waiting = new()
        {
            RecordId = id,
            Since = since,
            NextTryAt = nextTryAt,
            Cause = cause,
        };
        try
        {
            var key = RequestRecord.Key(id);
            var keepUntil = await _retention.AddAsync([WaitingRequests.Key(id), key], cancellationToken);
            await _waiting.AddAsync(waiting, keepUntil, cancellationToken);
            for (var tries = 0; tries < MaxTries; tries++)
            {
                var (stored, record) = await ReadAsync(id, cancellationToken);
                if (record is not null && record.Fingerprint != request.Fingerprint)
                {
                    return;
                }

                // The copy may have been handled before this is written. A failure of the same schedule is its end.
                if (record is { IsFinal: true } || record?.Outcome?.CompletedAt >= since)
                {
                    await _waiting.RemoveAsync(id, cancellationToken);
                    return;
                }

                var next = Waiting(request, since) with
                {
                    NextTryAt = nextTryAt,
                    WaitsFor = TextWith.Detail(cause, detail),
                    KeepUntil = keepUntil,
                };
                if (await _rows.TryWriteAsync(key, stored, next.Write(), cancellationToken))
                {
                    return;
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The request does not depend on it.
        }
    }

    /// <summary>Counts the requests that wait for another attempt.</summary>
    /// <param name="limit">The maximum number of requests to count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TablesUnavailableException">The tables did not answer.</exception>
    public async Task<WaitingSummary> CountWaitingAsync(int limit, CancellationToken cancellationToken)
    {
        List<WaitingRequest> found = [];
        RowKey? next = null;
        do
        {
            (var page, next) = await _waiting.PageAsync(PageSize, next, cancellationToken);
            foreach (var waiting in page)
            {
                if (!await IsOverAsync(waiting, cancellationToken))
                {
                    found.Add(waiting);
                }
            }
        } while (next is not null && found.Count <= limit);

        return WaitingSummary.Of([.. found.Take(limit)], found.Count > limit);
    }

    /// <summary>Returns outcomes of an order, the newest first.</summary>
    /// <param name="order">The order.</param>
    /// <param name="count">The maximum number of outcomes.</param>
    /// <param name="after">Only outcomes after this position; null for the newest ones.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The outcomes, and the position of the last one; null when there are no more.</returns>
    /// <exception cref="TablesUnavailableException">The tables did not answer.</exception>
    public async Task<(IReadOnlyList<RecordedOutcome> Outcomes, string? Next)> OutcomesAsync(
        OrderReference order,
        int count,
        string? after,
        CancellationToken cancellationToken
    )
    {
        var partition = OrderPartition(order);
        var rows = await _rows.QueryAsync(
            new RowQuery(RowTable.CancelOutcomes, count)
            {
                Partition = partition,
                After = after is null ? null : new RowKey(RowTable.CancelOutcomes, partition, after),
            },
            cancellationToken
        );
        List<RecordedOutcome> outcomes = [];
        foreach (var row in rows)
        {
            if (RecordedOutcome.Read(row) is { } outcome)
            {
                outcomes.Add(outcome);
            }
            else
            {
                Log.Unreadable(_logger, row.Key.Table, row.Key.Partition);
            }
        }

        return (outcomes, rows.Count < count ? null : rows[^1].Key.Row);
    }

    /// <summary>The partition of the outcomes of an order.</summary>
    public static string OrderPartition(OrderReference order) => Digest.OfOrder(order);

    /// <summary>
    /// Records an outcome: for its request, unless a later or a final one is recorded, and for its order. Repeating is
    /// safe.
    /// </summary>
    /// <exception cref="TablesUnavailableException">The tables did not confirm it.</exception>
    internal async Task RecordAsync(OutcomeToRecord outcome, CancellationToken cancellationToken)
    {
        List<RowKey> keys =
        [
            RequestRecord.Key(outcome.RecordId),
            .. outcome.Orders.Select(order => OrderKey(order, outcome.Outcome)),
        ];
        var keepUntil = await _retention.AddAsync(keys, cancellationToken);
        foreach (var key in keys.Skip(1))
        {
            await RecordForOrderAsync(key, outcome.Outcome, keepUntil, cancellationToken);
        }

        for (var tries = 0; ; tries++)
        {
            var (stored, record) = await ReadAsync(outcome.RecordId, cancellationToken);
            if (record is not null && !IsNews(outcome, record))
            {
                await StopWaitingAsync(outcome.RecordId, record, cancellationToken);
                return;
            }

            RequestRecord finished = new()
            {
                RequestId = outcome.Outcome.RequestId,
                Caller = outcome.Outcome.Caller,
                Fingerprint = outcome.Fingerprint,
                ReasonDigest = RequestRecord.DigestOfReason(outcome.Outcome.Reason),
                WaitingSince = record?.WaitingSince ?? outcome.Outcome.RequestedAt,
                Outcome = outcome.Outcome,
                KeepUntil = keepUntil,
            };
            if (await _rows.TryWriteAsync(keys[0], stored, finished.Write(), cancellationToken))
            {
                // Most requests have never waited.
                if (record?.NextTryAt is not null)
                {
                    await _waiting.RemoveAsync(outcome.RecordId, cancellationToken);
                }

                return;
            }

            if (tries == MaxTries)
            {
                throw new InvalidOperationException("The record was changed by others at every attempt.");
            }
        }
    }

    /// <summary>Repeats what an interrupted recording may have left out.</summary>
    private Task StopWaitingAsync(string id, RequestRecord record, CancellationToken cancellationToken) =>
        record.Outcome is null ? Task.CompletedTask : _waiting.RemoveAsync(id, cancellationToken);

    /// <summary>
    /// Whether a request no longer waits. Its row remains when the tables stop answering between two writes.
    /// </summary>
    private async Task<bool> IsOverAsync(WaitingRequest waiting, CancellationToken cancellationToken) =>
        waiting.NextTryAt + Overdue < _time.GetUtcNow()
        && await FindAsync(waiting.RecordId, cancellationToken) is { Outcome: not null };

    /// <summary>
    /// Whether an outcome replaces what is recorded. A failure of an earlier attempt does not end a request that was
    /// asked for again since.
    /// </summary>
    private static bool IsNews(OutcomeToRecord news, RequestRecord record)
    {
        if (news.Fingerprint != record.Fingerprint)
        {
            // The id was used again for something else while the tables did not answer. The first use keeps it.
            return false;
        }

        var outcome = news.Outcome;
        return record.Outcome is { } recorded
            ? outcome.Replaces(recorded)
            : outcome.IsFinal || outcome.CompletedAt >= record.WaitingSince;
    }

    private async Task RecordForOrderAsync(
        RowKey key,
        RecordedOutcome outcome,
        string keepUntil,
        CancellationToken cancellationToken
    )
    {
        RowValues values = new();
        outcome.Write(values);
        values.Add(RowRetention.KeepUntil, keepUntil);
        if (
            await _rows.TryInsertAsync(key, values.All, cancellationToken)
            || await _rows.ReadAsync(key, cancellationToken) is not { } stored
        )
        {
            return;
        }

        // A repeat of the same event: it is kept for as long as the latest entry of the index says.
        await _rows.TryReplaceAsync(stored, values.All, cancellationToken);
    }

    private static RepeatKind Compare(RequestRecord record, CancelRequest request, bool mustShareReason)
    {
        var isSame =
            record.Fingerprint == request.Fingerprint
            && (!mustShareReason || record.ReasonDigest == RequestRecord.DigestOfReason(request.Reason));
        return (isSame, record.IsFinal) switch
        {
            (false, _) => RepeatKind.Different,
            (true, true) => RepeatKind.Finished,
            (true, false) => RepeatKind.Repeat,
        };
    }

    private static RequestRecord Waiting(CancelRequest request, DateTimeOffset since) =>
        new()
        {
            RequestId = request.RequestId,
            Caller = request.Caller,
            Fingerprint = request.Fingerprint,
            ReasonDigest = RequestRecord.DigestOfReason(request.Reason),
            WaitingSince = since,
            KeepUntil = "",
        };

    /// <summary>Writes a waiting record, its entry in the index of retention first.</summary>
    private async Task<bool> TryWriteAsync(
        StoredRow? stored,
        string id,
        RequestRecord record,
        CancellationToken cancellationToken
    )
    {
        var key = RequestRecord.Key(id);
        var kept = record with { KeepUntil = await _retention.AddAsync([key], cancellationToken) };
        return await _rows.TryWriteAsync(key, stored, kept.Write(), cancellationToken);
    }

    private async Task<(StoredRow? Stored, RequestRecord? Record)> ReadAsync(
        string id,
        CancellationToken cancellationToken
    )
    {
        var stored = await _rows.ReadAsync(RequestRecord.Key(id), cancellationToken);
        var record = stored is null ? null : RequestRecord.Read(stored);
        if (stored is not null && record is null)
        {
            Log.Unreadable(_logger, RowTable.CancelRequests, id);
        }

        return (stored, record);
    }

    /// <summary>The key of an outcome: later outcomes come first, and a repeated event has the same key.</summary>
    private static RowKey OrderKey(OrderReference order, RecordedOutcome outcome) =>
        new(
            RowTable.CancelOutcomes,
            OrderPartition(order),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.MaxValue.Ticks - outcome.CompletedAt.UtcTicks:D19}-{outcome.EventId}"
            )
        );

    private static partial class Log
    {
        [LoggerMessage(
            813,
            LogLevel.Warning,
            "Row {Partition} of {Table} is not one that this service wrote; it counts as missing"
        )]
        public static partial void Unreadable(ILogger logger, RowTable table, string partition);
    }
}

/// <summary>An outcome to record.</summary>
/// <param name="RecordId">The id of the request's record.</param>
/// <param name="Fingerprint">The digest of what was asked for.</param>
/// <param name="Orders">The order, by its id and by its hash as far as they are known.</param>
/// <param name="Outcome">The outcome.</param>
internal sealed record OutcomeToRecord(
    string RecordId,
    string Fingerprint,
    IReadOnlyList<OrderReference> Orders,
    RecordedOutcome Outcome
);
