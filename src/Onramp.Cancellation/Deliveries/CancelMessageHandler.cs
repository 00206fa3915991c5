using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Texts;
using Onramp.Cancellation.Queueing;

namespace Onramp.Cancellation.Deliveries;

/// <summary>
/// Handles one message of the queue and says how to settle it. Nothing is completed before what came of it is stored elsewhere: the
/// outcome on the topic, or the next delivery on the queue.
/// </summary>
public sealed partial class CancelMessageHandler
{
    private readonly CancelMessageReader _reader;
    private readonly OrderCanceller _canceller;
    private readonly MessageEnds _ends;
    private readonly ILogger<CancelMessageHandler> _logger;

    internal CancelMessageHandler(CancelMessageReader reader, OrderCanceller canceller, MessageEnds ends, ILogger<CancelMessageHandler> logger)
    {
        _reader = reader;
        _canceller = canceller;
        _ends = ends;
        _logger = logger;
    }

    /// <summary>
    /// Handles a message, within <see cref="QueueOptions.MaxHandlingTime"/> and little more. Never throws: a fault in the program or a cancelled token
    /// gives the message back.
    /// </summary>
    public async Task<Settlement> HandleAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            var read = _reader.Read(message);
            if (read.Request is not { } request)
            {
                Log.Invalid(_logger, LogText.Of(message.MessageId ?? "(none)"), LogText.Of(read.Faults!));
                return Settlement.Invalid(read.Faults!);
            }

            using var activity = TraceContext.Start("cancel order from queue", read.Trace);
            var delivery = new MessageDelivery(message, read, _ends.Now);
            if (read.DueAt is { } dueAt && _ends.IsAhead(dueAt))
            {
                return await _ends.ArmAsync(delivery, dueAt, cancellationToken);
            }

            return read.Pending is { } pending
                ? await _ends.PublishAsync(delivery, pending, cancellationToken)
                : await _ends.EndAsync(delivery, await _canceller.CancelAsync(request, cancellationToken), cancellationToken);
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

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Warning, "Message {MessageId} is invalid and goes to the dead-letter queue: {Faults}")]
        public static partial void Invalid(ILogger logger, string messageId, string faults);

        [LoggerMessage(402, LogLevel.Error, "Message {MessageId} could not be handled and is given back")]
        public static partial void Broken(ILogger logger, string messageId, Exception exception);
    }
}
