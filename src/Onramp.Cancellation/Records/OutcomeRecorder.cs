using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Records;

/// <summary>
/// Writes outcome events to the records. While the tables do not answer, an event is held under its lock with a growing
/// pause, and is then abandoned.
/// </summary>
public sealed partial class OutcomeRecorder
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    // Well below the functionTimeout of host.json.
    private static readonly TimeSpan MaxHandlingTime = TimeSpan.FromSeconds(90);

    private readonly RequestRecords _records;
    private readonly OutcomeSeal _seal;
    private readonly TimeProvider _time;
    private readonly CancellationMetrics _metrics;
    private readonly ILogger<OutcomeRecorder> _logger;

    internal OutcomeRecorder(
        RequestRecords records,
        OutcomeSeal seal,
        TimeProvider time,
        CancellationMetrics metrics,
        ILogger<OutcomeRecorder> logger
    )
    {
        (_records, _seal, _time, _metrics, _logger) = (records, seal, time, metrics, logger);
    }

    /// <summary>Records an outcome event.</summary>
    /// <returns>Whether the event is done with: it is recorded, or it is not one of this service. Otherwise it has to
    /// be delivered again.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> TryRecordAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Read(message) is not { } outcome)
        {
            Log.Ignored(_logger, LogText.Of(message.MessageId ?? "(none)"));
            return true;
        }

        var started = _time.GetTimestamp();
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            try
            {
                await _records.RecordAsync(outcome, cancellationToken);
                _metrics.Recorded(_time.GetUtcNow() - outcome.Outcome.CompletedAt);
                return true;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotRecorded(_logger, LogText.Of(outcome.Outcome.RequestId), LogText.Of(exception.Message));
            }

            if (_time.GetElapsedTime(started) + pause > MaxHandlingTime)
            {
                return false;
            }

            await Task.Delay(pause, _time, cancellationToken);
        }
    }

    /// <summary>Reads an event; returns null if this service did not write it.</summary>
    private OutcomeToRecord? Read(InboundMessage message)
    {
        if (
            Text(message, OutcomeProperties.Id) is not { } id
            || Text(message, OutcomeProperties.Record) is not { } record
            || Text(message, OutcomeProperties.Fingerprint) is not { } fingerprint
            || Text(message, OutcomeProperties.Mac) is not { } mac
            || !_seal.IsOurs(mac, id, record, fingerprint, message.Body.Span)
            || OutcomeEvent.Read(message.Body) is not { } data
            || KindOf(data) is not { } kind
        )
        {
            return null;
        }

        List<OrderReference> orders = [];
        if (data.OrderId is { } orderId && OrderReference.IsOrderId(orderId))
        {
            orders.Add(OrderReference.FromOrderId(orderId));
        }

        if (data.Hash is { } hash)
        {
            orders.Add(OrderReference.FromHash(hash));
        }

        return new OutcomeToRecord(
            record,
            fingerprint,
            orders,
            new RecordedOutcome
            {
                EventId = id,
                RequestId = data.RequestId,
                Caller = data.Caller,
                OrderId = data.OrderId,
                Trigger = data.Trigger,
                Reason = data.Reason,
                Outcome = kind,
                OrderStatus = (OrderStatus?)data.OrderStatus,
                Detail = data.Detail,
                Attempts = data.Attempts,
                RequestedAt = data.RequestedAt,
                CompletedAt = data.CompletedAt,
            }
        );
    }

    private static OutcomeKind? KindOf(OutcomeData data)
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>())
        {
            var row = kind.Row();
            if (row.Name == data.Outcome && row.ReasonCode == data.ReasonCode)
            {
                return kind;
            }
        }

        return null;
    }

    private static string? Text(InboundMessage message, string name) =>
        message.Properties.GetValueOrDefault(name) as string;

    private static partial class Log
    {
        [LoggerMessage(
            821,
            LogLevel.Warning,
            "Event {MessageId} on the result topic was not written by this service, or its key is gone; it is not recorded"
        )]
        public static partial void Ignored(ILogger logger, string messageId);

        [LoggerMessage(822, LogLevel.Warning, "The outcome of request {RequestId} could not be recorded yet: {Reason}")]
        public static partial void NotRecorded(ILogger logger, string requestId, string reason);
    }
}
