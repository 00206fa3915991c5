using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Handles one message of the queue and returns how to settle it. A message is completed only after its outcome is
/// stored on the topic, or its next delivery on the queue.
/// </summary>
public sealed partial class CancelMessageHandler
{
    private readonly CancelMessageReader _reader;
    private readonly OrderCanceller _canceller;
    private readonly DeliveryCompletion _completion;
    private readonly TimeProvider _time;
    private readonly ILogger<CancelMessageHandler> _logger;
    private readonly string _queue;
    private readonly string _spanName;

    internal CancelMessageHandler(
        CancelMessageReader reader,
        OrderCanceller canceller,
        DeliveryCompletion completion,
        RequestQueue queue,
        TimeProvider time,
        ILogger<CancelMessageHandler> logger
    )
    {
        _reader = reader;
        _canceller = canceller;
        _completion = completion;
        _time = time;
        _logger = logger;
        _queue = queue.Name;
        _spanName = $"process {_queue}";
    }

    /// <summary>
    /// Handles a message within about <see cref="QueueOptions.MaxHandlingTime"/>. Never throws: after an unexpected
    /// exception or a cancelled token the message is abandoned.
    /// </summary>
    public async Task<Settlement> HandleAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            var read = _reader.Read(message);
            if (read.Ignored is { } ignored)
            {
                Log.Ignored(_logger, LogText.Of(message.MessageId ?? "(none)"), ignored);
            }

            using var span = StartSpan(read);
            var settlement = await SettleAsync(read, cancellationToken);
            Describe(span, settlement);
            return settlement;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Settlement.Abandon;
        }
        catch (Exception exception)
        {
            Log.Broken(_logger, LogText.Of(message.MessageId ?? "(none)"), exception);
            return Settlement.Abandon;
        }
    }

    private async ValueTask<Settlement> SettleAsync(CancelMessage message, CancellationToken cancellationToken)
    {
        if (message.Request is not { } request)
        {
            Log.Invalid(_logger, LogText.Of(message.Received.MessageId ?? "(none)"), LogText.Of(message.Faults!));
            return _completion.Reject(message);
        }

        if (message.PendingOutcome is { } pending)
        {
            return await _completion.PublishAsync(message, pending, cancellationToken);
        }

        if (message.Change is { } change)
        {
            return await _completion.ArmAsync(message, change, cancellationToken);
        }

        if (message.Alarm is { } alarm)
        {
            var (firing, settlement) = await _completion.BeginFiringAsync(message, alarm, cancellationToken);
            if (firing is null)
            {
                return settlement;
            }

            request = firing;
        }

        var outcome = await _canceller.CancelAsync(request, cancellationToken);
        return await _completion.CompleteAsync(message, outcome, cancellationToken);
    }

    private Activity? StartSpan(CancelMessage message)
    {
        var received = message.Received;
        var span = message.Request is null
            ? TraceContext.Start(_spanName, TraceContext.Of(received.Properties), ActivityKind.Consumer)
            : TraceContext.Start(
                _spanName,
                message.Trace,
                ActivityKind.Consumer,
                TraceContext.SenderOf(received.Properties)
            );
        if (ServiceSpans.Wanted)
        {
            span?.SetMessaging("process", _queue)
                .SetTag(TelemetryNames.MessageId, received.MessageId)
                .SetTag(TelemetryNames.ConversationId, received.CorrelationId)
                .SetTag(TelemetryNames.DeliveryCount, received.DeliveryCount)
                .SetTag(TelemetryNames.Delivery, message.Delivery);
        }

        return span;
    }

    private static void Describe(Activity? span, Settlement settlement)
    {
        if (!ServiceSpans.Wanted || span is null)
        {
            return;
        }

        span.SetTag(
            TelemetryNames.Settlement,
            settlement.Kind switch
            {
                SettlementKind.Complete => "complete",
                SettlementKind.Abandon => "abandon",
                SettlementKind.DeadLetter => "dead_letter",
            }
        );
        if (settlement.Reason is { } reason)
        {
            span.SetFailed(reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Warning, "Message {MessageId} is invalid and is dead-lettered: {Faults}")]
        public static partial void Invalid(ILogger logger, string messageId, string faults);

        [LoggerMessage(
            406,
            LogLevel.Warning,
            "Message {MessageId} has properties that this service did not write; they are ignored: {Names}"
        )]
        public static partial void Ignored(ILogger logger, string messageId, string names);

        [LoggerMessage(402, LogLevel.Error, "Message {MessageId} could not be handled and is abandoned")]
        public static partial void Broken(ILogger logger, string messageId, Exception exception);
    }
}
