using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary>
/// Handles one message of the queue and says how to settle it. Nothing is completed before what came of it is stored elsewhere: the
/// outcome on the topic, or the next try on the queue.
/// </summary>
public sealed partial class CancelMessageHandler
{
    private readonly CancelMessageReader _reader;
    private readonly OrderCanceller _canceller;
    private readonly OutcomeReporter _reporter;
    private readonly RetrySchedule _schedule;
    private readonly ICancelQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger<CancelMessageHandler> _logger;

    internal CancelMessageHandler(
        CancelMessageReader reader,
        OrderCanceller canceller,
        OutcomeReporter reporter,
        RetrySchedule schedule,
        ICancelQueue queue,
        TimeProvider time,
        ILogger<CancelMessageHandler> logger)
    {
        _reader = reader;
        _canceller = canceller;
        _reporter = reporter;
        _schedule = schedule;
        _queue = queue;
        _time = time;
        _logger = logger;
    }

    /// <summary>Handles a message. Never throws: a fault in the program or a cancelled token gives the message back.</summary>
    public async Task<Settlement> HandleAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            var read = _reader.Read(message);
            if (read.Request is not { } request)
            {
                Log.Invalid(_logger, LogText.Of(message.MessageId ?? "(none)"), LogText.Of(read.Faults!));
                return Settlement.DeadLetter("InvalidMessage", read.Faults!);
            }

            using var activity = TraceContext.Start("cancel order from queue", message, read.TraceParent);
            var outcome = await _canceller.CancelAsync(request, cancellationToken);
            return outcome.IsRetryable && _schedule.DelayAfter(read.Attempt, outcome.RetryAfter) is { } delay
                ? await RetryAsync(message, request, read.Attempt + 1, outcome, delay, cancellationToken)
                : await FinishAsync(request, read.Attempt, outcome, cancellationToken);
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

    private async Task<Settlement> FinishAsync(CancelRequest request, int attempt, CancelOutcome outcome, CancellationToken cancellationToken)
    {
        if (!await _reporter.ReportAsync(request, outcome, cancellationToken))
        {
            return Settlement.Abandon;
        }

        return outcome.IsRetryable
            ? Settlement.DeadLetter("AttemptsExhausted", $"{OutcomeText.Of(outcome.Reason)} after {attempt} deliveries: {outcome.Detail}")
            : Settlement.Complete;
    }

    private async Task<Settlement> RetryAsync(
        InboundMessage message, CancelRequest request, int nextAttempt, CancelOutcome outcome, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.ScheduleAsync(QueueMessages.Retry(message, request, nextAttempt, outcome.Attempts), _time.GetUtcNow() + delay, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotScheduled(_logger, LogText.Of(request.RequestId), exception);
            return Settlement.Abandon;
        }

        Log.Retrying(_logger, LogText.Of(request.RequestId), nextAttempt, delay.TotalSeconds, OutcomeText.Of(outcome.Reason), outcome.Detail);
        return Settlement.Complete;
    }

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Warning, "Message {MessageId} is invalid and goes to the dead-letter queue: {Faults}")]
        public static partial void Invalid(ILogger logger, string messageId, string faults);

        [LoggerMessage(402, LogLevel.Error, "Message {MessageId} could not be handled and is given back")]
        public static partial void Broken(ILogger logger, string messageId, Exception exception);

        [LoggerMessage(403, LogLevel.Error, "Request {RequestId} could not be scheduled for another delivery; the message is given back")]
        public static partial void NotScheduled(ILogger logger, string requestId, Exception exception);

        [LoggerMessage(404, LogLevel.Information, "Request {RequestId} is delivered again as number {Attempt} in {Seconds:0.#} s: {Reason}, {Detail}")]
        public static partial void Retrying(ILogger logger, string requestId, int attempt, double seconds, string? reason, string? detail);
    }
}
