using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Handles one message of the queue and says how to settle it. Nothing is completed before what came of it is stored
/// elsewhere: the outcome on the topic, or the next delivery on the queue.
/// </summary>
public sealed partial class CancelMessageHandler
{
    private readonly CancelMessageReader _reader;
    private readonly OrderCanceller _canceller;
    private readonly MessageEnds _ends;
    private readonly ILogger<CancelMessageHandler> _logger;
    private readonly string _queue;
    private readonly string _spanName;

    internal CancelMessageHandler(
        CancelMessageReader reader,
        OrderCanceller canceller,
        MessageEnds ends,
        RequestQueue queue,
        ILogger<CancelMessageHandler> logger
    )
    {
        _reader = reader;
        _canceller = canceller;
        _ends = ends;
        _logger = logger;
        _queue = queue.Name;
        _spanName = $"process {_queue}";
    }

    /// <summary>
    /// Handles a message, within <see cref="QueueOptions.MaxHandlingTime"/> and little more. Never throws: a fault in
    /// the program or a cancelled token gives the message back.
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

            if (read.Request is not { } request)
            {
                var rejection = _ends.Invalid(message, read);
                using var invalid = TraceContext.Start(
                    _spanName,
                    TraceContext.Of(message.Properties),
                    ActivityKind.Consumer
                );
                Describe(invalid, message, delivery: 1);
                Describe(invalid, rejection);
                Log.Invalid(_logger, LogText.Of(message.MessageId ?? "(none)"), LogText.Of(read.Faults!));
                return rejection;
            }

            using var span = TraceContext.Start(
                _spanName,
                read.Trace,
                ActivityKind.Consumer,
                TraceContext.SenderOf(message.Properties)
            );
            Describe(span, message, read.History.Delivery);
            var delivery = new MessageDelivery(message, read, _ends.Now);
            var settlement =
                read.DueAt is { } dueAt && _ends.IsAhead(dueAt)
                    ? await _ends.ArmAsync(delivery, dueAt, cancellationToken)
                : read.History.Outcome is { } pending ? await _ends.PublishAsync(delivery, pending, cancellationToken)
                : await _ends.EndAsync(
                    delivery,
                    await _canceller.CancelAsync(request, cancellationToken),
                    cancellationToken
                );
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

    private void Describe(Activity? span, InboundMessage message, int delivery)
    {
        if (ServiceSpans.Wanted)
        {
            span?.SetMessaging("process", _queue)
                .SetTag(TelemetryNames.MessageId, message.MessageId)
                .SetTag(TelemetryNames.ConversationId, message.CorrelationId)
                .SetTag(TelemetryNames.DeliveryCount, message.DeliveryCount)
                .SetTag(TelemetryNames.Delivery, delivery);
        }
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
        [LoggerMessage(
            401,
            LogLevel.Warning,
            "Message {MessageId} is invalid and goes to the dead-letter queue: {Faults}"
        )]
        public static partial void Invalid(ILogger logger, string messageId, string faults);

        [LoggerMessage(
            406,
            LogLevel.Warning,
            "Message {MessageId} has properties that this service did not write; they are ignored: {Names}"
        )]
        public static partial void Ignored(ILogger logger, string messageId, string names);

        [LoggerMessage(402, LogLevel.Error, "Message {MessageId} could not be handled and is given back")]
        public static partial void Broken(ILogger logger, string messageId, Exception exception);
    }
}
