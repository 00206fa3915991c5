using System.Xml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Timeouts;

/// <summary>Reads an order at Onramp.</summary>
internal delegate ValueTask<OrderReading> ReadOrder(
    OrderReference order,
    CallLine line,
    CancellationToken cancellationToken
);

/// <summary>
/// Stale-order timeouts. Each caller has at most one on an order. The row is the truth: every change is one conditional
/// write of it, so that firing and disarming exclude each other. The alarm, a scheduled message, only says when to look
/// at the row. Every step can be repeated after a crash.
/// </summary>
public sealed partial class OrderTimeouts
{
    private const int MaxTries = 8;

    // An alarm can ring before the row of its version is written. Writing takes less than this; otherwise another alarm
    // is scheduled.
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan YoungAlarm = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan YoungAlarmPause = TimeSpan.FromSeconds(10);

    private readonly IRowStore _rows;
    private readonly RowRetention _retention;
    private readonly IAlarmClock _alarms;
    private readonly ReadOrder _readOrder;
    private readonly TimeoutsOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationMetrics _metrics;
    private readonly ILogger<OrderTimeouts> _logger;

    internal OrderTimeouts(
        IRowStore rows,
        RowRetention retention,
        IAlarmClock alarms,
        ReadOrder readOrder,
        IOptions<TimeoutsOptions> options,
        TimeProvider time,
        CancellationMetrics metrics,
        ILogger<OrderTimeouts> logger
    )
    {
        (_rows, _retention, _alarms, _readOrder) = (rows, retention, alarms, readOrder);
        (_options, _time, _metrics, _logger) = (options.Value, time, metrics, logger);
    }

    /// <summary>Returns why a timeout cannot be armed; null when it can.</summary>
    /// <param name="fields">The fields of the request, with <c>after</c>, <c>at</c> or <c>whenExpired</c>.</param>
    /// <param name="askedAt">When the timeout was asked for.</param>
    /// <param name="mayBePast">Whether it may be due already: a message may have waited for long.</param>
    public FieldFault? FaultOf(CancelFields fields, DateTimeOffset askedAt, bool mayBePast = false)
    {
        var delay = fields.After ?? fields.At - askedAt;
        return delay is null || (delay <= _options.MaxDelay && (delay >= _options.MinDelay || mayBePast))
            ? null
            : new FieldFault(
                fields.After is null ? "/at" : "/after",
                $"Must be between {XmlConvert.ToString(_options.MinDelay)} and {XmlConvert.ToString(_options.MaxDelay)} from now."
            );
    }

    /// <summary>Returns the timeout of an order and a caller; null if there never was one.</summary>
    /// <exception cref="TablesUnavailableException">The tables did not answer.</exception>
    public async Task<TimeoutRow?> FindAsync(
        OrderReference order,
        string? caller,
        CancellationToken cancellationToken
    ) => (await ReadAsync(TimeoutRow.Key(order, caller), cancellationToken)).Row;

    /// <summary>Arms the timeout of an order and a caller, or moves it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be
    /// armed.</exception>
    public async Task<ArmResult> ArmAsync(TimeoutChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        try
        {
            return await TryArmAsync(change, cancellationToken);
        }
        catch (AlarmNotScheduledException exception)
        {
            Log.NotScheduled(_logger, change.Order, exception.InnerException!);
            return new ArmResult(ArmStatus.QueueUnavailable);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ArmResult(ArmStatus.TablesUnavailable);
        }
    }

    /// <summary>Disarms the timeout of an order and a caller.</summary>
    /// <param name="order">The order.</param>
    /// <param name="caller">The caller; null for an unnamed caller.</param>
    /// <param name="changeId">The id of the change, if it has one: a repeat does nothing.</param>
    /// <param name="cancellationToken">Cancels the operation; the timeout may or may not be disarmed.</param>
    public async Task<DisarmResult> DisarmAsync(
        OrderReference order,
        string? caller,
        string? changeId,
        CancellationToken cancellationToken
    )
    {
        var key = TimeoutRow.Key(order, caller);
        try
        {
            for (var tries = 0; tries < MaxTries; tries++)
            {
                var (stored, row) = await ReadAsync(key, cancellationToken);
                if (row is null)
                {
                    return DisarmResult.NotFound;
                }

                if (row.HasChange(changeId))
                {
                    return DisarmResult.Disarmed;
                }

                if (row.State is TimeoutState.Firing or TimeoutState.Fired)
                {
                    return DisarmResult.Fired;
                }

                // A disarmed row is written again, so that an earlier change whose write is late cannot arm it.
                var disarmed = row with
                {
                    State = TimeoutState.Disarmed,
                    ChangedAt = Later(row.ChangedAt),
                    Changes = TimeoutRow.AddChange(row, changeId),
                    KeepUntil = await _retention.AddAsync([key], cancellationToken),
                };

                // After a lost answer, the next read finds the timeout disarmed.
                if (await WriteAsync(stored, key, disarmed, cancellationToken) != Write.Done)
                {
                    continue;
                }

                if (row.State == TimeoutState.Armed)
                {
                    await _alarms.TakeBackAsync(row.AlarmNumber, row.Version, cancellationToken);
                    _metrics.TimeoutChanged(TimeoutEvent.Disarmed);
                    Log.Disarmed(_logger, order);
                }

                return DisarmResult.Disarmed;
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The tables did not answer, or the queue did not confirm an alarm.
        }

        return DisarmResult.Unavailable;
    }

    /// <summary>Decides what an alarm does. A repeat after a crash decides the same.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="now">The time; never before the broker's when it delivered the alarm.</param>
    /// <param name="cancellationToken">Cancels the operation; the timeout may or may not have begun to fire.</param>
    public async Task<FiringResult> BeginFiringAsync(
        TimeoutAlarm alarm,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            for (var tries = 0; tries < MaxTries; tries++)
            {
                if (await TryBeginFiringAsync(alarm, now, cancellationToken) is { } decided)
                {
                    return decided;
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The tables did not answer, or the queue did not confirm an alarm.
        }

        return new FiringResult(FiringStep.Wait);
    }

    /// <summary>Records that a timeout has fired, after its outcome is published.</summary>
    /// <returns>False when the tables did not confirm it; repeating is safe.</returns>
    internal async Task<bool> TryEndFiringAsync(
        TimeoutAlarm alarm,
        string outcome,
        bool isFailed,
        CancellationToken cancellationToken
    )
    {
        var key = TimeoutRow.Key(alarm.Order, alarm.Caller);
        try
        {
            for (var tries = 0; tries < MaxTries; tries++)
            {
                var (stored, row) = await ReadAsync(key, cancellationToken);
                if (
                    row?.Version != alarm.Version
                    || row.State == TimeoutState.Disarmed
                    || (row.State == TimeoutState.Fired && (isFailed || !row.IsFailed))
                )
                {
                    return true;
                }

                var fired = row with
                {
                    State = TimeoutState.Fired,
                    Outcome = outcome,
                    IsFailed = isFailed,
                    KeepUntil = await _retention.AddAsync([key], cancellationToken),
                };
                if (await WriteAsync(stored, key, fired, cancellationToken) == Write.Done)
                {
                    _metrics.TimeoutChanged(TimeoutEvent.Fired);
                    return true;
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The tables did not answer, or the queue did not confirm an alarm.
        }

        return false;
    }

    private async Task<ArmResult> TryArmAsync(TimeoutChange change, CancellationToken cancellationToken)
    {
        var due = change.DueAt;
        var key = TimeoutRow.Key(change.Order, change.Caller);
        List<Arming> unconfirmed = [];
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var (stored, row) = await ReadAsync(key, cancellationToken);
            if (unconfirmed.Find(arming => arming.Next.Version == row?.Version) is { } written)
            {
                return await EndArmingAsync(change, written, cancellationToken);
            }

            if (row is not null && IsSettled(change, row) is { } result)
            {
                return result;
            }

            if (due is null)
            {
                var reading = await _readOrder(change.Order, CallLine.Callers, cancellationToken);
                if (!reading.IsWaitingForPayment)
                {
                    return new ArmResult(ArmStatus.OrderNotWaiting, row, reading.Outcome);
                }

                if (reading.EndTime is not { } end)
                {
                    return new ArmResult(ArmStatus.OrderHasNoEnd, row);
                }

                due = DueAfter(end);
            }

            var started = _time.GetTimestamp();
            Arming arming = new(row, await ScheduleAsync(change, row, due.Value, cancellationToken), started);
            switch (await WriteAsync(stored, key, arming.Next, cancellationToken))
            {
                case Write.Done:
                    return await EndArmingAsync(change, arming, cancellationToken);

                // The tables may have answered a repeat of our own write.
                case Write.Conflict when (await ReadAsync(key, cancellationToken)).Row?.Version == arming.Next.Version:
                    return await EndArmingAsync(change, arming, cancellationToken);

                case Write.Conflict:
                    await _alarms.TakeBackAsync(arming.Next.AlarmNumber, arming.Next.Version, cancellationToken);
                    break;

                // The write may still take effect, even after the next read. So the alarm stays: if the row does not
                // follow, the alarm does nothing.
                case Write.Unknown:
                    unconfirmed.Add(arming);
                    break;
            }
        }

        return new ArmResult(ArmStatus.TablesUnavailable);
    }

    /// <summary>The result if the row says that there is nothing to do; otherwise null.</summary>
    private static ArmResult? IsSettled(TimeoutChange change, TimeoutRow row)
    {
        // A message can be older than the last change. An HTTP request is new: its caller waits for the answer.
        var isOld = change.Message is not null && change.AskedAt < row.ChangedAt;
        if (row.HasChange(change.Id) || isOld)
        {
            return new ArmResult(ArmStatus.Unchanged, row);
        }

        return row.State == TimeoutState.Firing ? new ArmResult(ArmStatus.Firing, row) : null;
    }

    private async Task<TimeoutRow> ScheduleAsync(
        TimeoutChange change,
        TimeoutRow? row,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        var now = _time.GetUtcNow();
        TimeoutRow next = new()
        {
            Version = TimeoutRow.NewVersion(),
            State = TimeoutState.Armed,
            DueAt = dueAt,
            FollowsOrder = change.DueAt is null,
            Reason = change.Reason,
            OrderId = change.Order.OrderId,
            Caller = change.Caller,
            ArmedAt = now,
            ChangedAt = change.Message is null ? Later(row?.ChangedAt) : change.AskedAt,
            AlarmNumber = 0,
            Changes = TimeoutRow.AddChange(row, change.Id),
        };
        return next with { AlarmNumber = await ScheduleAlarmAsync(next, change, copy: 0, cancellationToken) };
    }

    private async Task<long> ScheduleAlarmAsync(
        TimeoutRow row,
        TimeoutChange change,
        int copy,
        CancellationToken cancellationToken
    )
    {
        TimeoutAlarm alarm = new(change.Order, change.Caller, row.Version, row.ArmedAt);
        try
        {
            return await _alarms.ScheduleAsync(alarm, change, RingsAt(row), copy, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlarmNotScheduledException(exception);
        }
    }

    /// <summary>
    /// When the alarm rings: when the timeout is due, or a little later, so that timeouts that are due together do not
    /// fire together. An alarm too far ahead rings early and is set again.
    /// </summary>
    private DateTimeOffset RingsAt(TimeoutRow row)
    {
        var delay = row.DueAt - row.ArmedAt;
        if (delay > _options.MaxDelay)
        {
            return row.ArmedAt + _options.MaxDelay;
        }

        var spread = delay / 10 < _options.Spread ? delay / 10 : _options.Spread;
        return spread > TimeSpan.Zero ? row.DueAt + (Random.Shared.NextDouble() * spread) : row.DueAt;
    }

    /// <summary>Does what follows a successful write.</summary>
    private async Task<ArmResult> EndArmingAsync(
        TimeoutChange change,
        Arming arming,
        CancellationToken cancellationToken
    )
    {
        var (before, next) = (arming.Before, arming.Next);
        if (_time.GetElapsedTime(arming.Started) > WriteLimit || _time.GetUtcNow() - next.ArmedAt > WriteLimit)
        {
            // The alarm may have rung before the row was there, also because the clock was set forward.
            await ScheduleAlarmAsync(next, change, copy: 1, cancellationToken);
        }

        var isMoved = before?.State == TimeoutState.Armed;
        if (isMoved)
        {
            await _alarms.TakeBackAsync(before!.AlarmNumber, before.Version, cancellationToken);
        }

        _metrics.TimeoutChanged(isMoved ? TimeoutEvent.Moved : TimeoutEvent.Armed);
        Log.Armed(_logger, change.Order, next.DueAt);
        return new ArmResult(isMoved ? ArmStatus.Moved : ArmStatus.Armed, next);
    }

    /// <summary>One try to decide; null when the row changed meanwhile, or when that is unknown.</summary>
    private async Task<FiringResult?> TryBeginFiringAsync(
        TimeoutAlarm alarm,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var key = TimeoutRow.Key(alarm.Order, alarm.Caller);
        var (stored, row) = await ReadAsync(key, cancellationToken);
        if (row?.Version != alarm.Version)
        {
            return OnStrayAlarm(alarm, now);
        }

        if (row.State == TimeoutState.Disarmed || row is { State: TimeoutState.Fired, IsFailed: false })
        {
            return new FiringResult(FiringStep.Nothing);
        }

        if (row.State == TimeoutState.Armed && now < row.DueAt)
        {
            return new FiringResult(FiringStep.Later, row.DueAt);
        }

        if (row.FollowsOrder)
        {
            // Again at every delivery: the order may be extended while the provider is down.
            var reading = await _readOrder(alarm.Order, CallLine.Messages, cancellationToken);
            if (reading.Outcome is { } outcome && outcome.Kind.Row().IsRetryable)
            {
                return new FiringResult(FiringStep.OrderNotRead, Outcome: outcome);
            }

            if (reading.EndTime is { } end && DueAfter(end) is var dueAt && dueAt > now)
            {
                return await TryMoveAsync(alarm, stored!, row, dueAt, cancellationToken)
                    ? new FiringResult(FiringStep.Nothing)
                    : null;
            }
        }

        FiringResult cancel = new(FiringStep.Cancel, GraceAfterEnd: row.FollowsOrder ? _options.Grace : null);
        if (row.State == TimeoutState.Firing)
        {
            return cancel;
        }

        var firing = row with { State = TimeoutState.Firing, KeepUntil = null };
        return await WriteAsync(stored, key, firing, cancellationToken) == Write.Done ? cancel : null;
    }

    /// <summary>
    /// An alarm whose version is in no row: the row may not be written yet; otherwise the timeout was moved.
    /// </summary>
    private FiringResult OnStrayAlarm(TimeoutAlarm alarm, DateTimeOffset now)
    {
        if (now - alarm.ArmedAt < YoungAlarm)
        {
            return new FiringResult(FiringStep.Later, now + YoungAlarmPause);
        }

        _metrics.TimeoutChanged(TimeoutEvent.Stray);
        Log.Stray(_logger, alarm.Order);
        return new FiringResult(FiringStep.Nothing);
    }

    /// <summary>Moves a timeout whose order was extended.</summary>
    private async Task<bool> TryMoveAsync(
        TimeoutAlarm alarm,
        StoredRow stored,
        TimeoutRow row,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        TimeoutChange extension = new()
        {
            Order = alarm.Order,
            Caller = alarm.Caller,
            AskedAt = row.ChangedAt,
            Reason = row.Reason,
        };
        var scheduled = await ScheduleAsync(extension, row, dueAt, cancellationToken);

        // A message that its sender sent before this extension is newer than the last change of a caller.
        var next = scheduled with
        {
            ChangedAt = row.ChangedAt,
        };
        var isWritten = await WriteAsync(stored, stored.Key, next, cancellationToken) == Write.Done;
        if (isWritten)
        {
            _metrics.TimeoutChanged(TimeoutEvent.Extended);
            Log.Extended(_logger, alarm.Order, dueAt);
        }

        return isWritten;
    }

    private async Task<(StoredRow? Stored, TimeoutRow? Row)> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        var stored = await _rows.ReadAsync(key, cancellationToken);
        var row = stored is null ? null : TimeoutRow.Read(stored);
        if (stored is not null && row is null)
        {
            Log.Unreadable(_logger, key.Partition, key.Row);
        }

        return (stored, row);
    }

    private async Task<Write> WriteAsync(
        StoredRow? stored,
        RowKey key,
        TimeoutRow row,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var isWritten = await _rows.TryWriteAsync(key, stored, row.Write(), cancellationToken);
            return isWritten ? Write.Done : Write.Conflict;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Write.Unknown;
        }
    }

    private DateTimeOffset DueAfter(DateTimeOffset end) =>
        _options.Grace < DateTimeOffset.MaxValue - end ? end + _options.Grace : DateTimeOffset.MaxValue;

    /// <summary>The current time, or just after an instant that is not earlier: clocks of instances differ.</summary>
    private DateTimeOffset Later(DateTimeOffset? than)
    {
        var now = _time.GetUtcNow();
        return than is { } last && now <= last ? last.AddTicks(1) : now;
    }

    /// <summary>One try to arm.</summary>
    /// <param name="Before">The row before; null for none.</param>
    /// <param name="Next">The row to write.</param>
    /// <param name="Started">When the try began: a timestamp of the monotonic clock.</param>
    private sealed record Arming(TimeoutRow? Before, TimeoutRow Next, long Started);

    private enum Write
    {
        Done,
        Conflict,
        Unknown,
    }

    private sealed class AlarmNotScheduledException(Exception inner)
        : Exception("The queue did not confirm the alarm.", inner);

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "Timeout armed: {Order} is due at {DueAt:O}")]
        public static partial void Armed(ILogger logger, OrderReference order, DateTimeOffset dueAt);

        [LoggerMessage(502, LogLevel.Information, "Timeout disarmed: {Order}")]
        public static partial void Disarmed(ILogger logger, OrderReference order);

        [LoggerMessage(503, LogLevel.Information, "Timeout moved: {Order} was extended and is due at {DueAt:O}")]
        public static partial void Extended(ILogger logger, OrderReference order, DateTimeOffset dueAt);

        [LoggerMessage(504, LogLevel.Debug, "The alarm of a timeout that was moved or never armed: {Order}")]
        public static partial void Stray(ILogger logger, OrderReference order);

        [LoggerMessage(506, LogLevel.Warning, "The alarm of the timeout of {Order} could not be scheduled")]
        public static partial void NotScheduled(ILogger logger, OrderReference order, Exception exception);

        [LoggerMessage(
            507,
            LogLevel.Warning,
            "Row {Partition}/{Row} of CancelTimeouts is not one that this service wrote; it counts as missing"
        )]
        public static partial void Unreadable(ILogger logger, string partition, string row);
    }
}
