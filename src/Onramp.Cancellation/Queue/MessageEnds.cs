using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// How a delivery ends: its outcome goes to the topic; or a timeout, or a copy of the message, due later, goes to the
/// queue; or, while neither takes anything, the message is held under its lock for as long as there is time, and then
/// given back with what is known.
/// </summary>
internal sealed partial class MessageEnds(
    OutcomeReporter reporter,
    RetrySchedule schedule,
    RetryCopy copies,
    RequestQueue queue,
    ITimeouts timeouts,
    IOptions<QueueOptions> options,
    TimeProvider time,
    CancellationMetrics metrics,
    ILogger<MessageEnds> logger
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    private readonly TimeSpan _maxHandlingTime = options.Value.MaxHandlingTime;

    /// <summary>A timestamp of the monotonic clock.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Whether an instant is still to come.</summary>
    public bool IsAhead(DateTimeOffset instant) => instant > time.GetUtcNow();

    /// <summary>
    /// The broker's time, as far as it is known: not earlier than when it handed the message out, however far behind
    /// our own clock is. Otherwise a copy would be due in the past, and delivered at once.
    /// </summary>
    private DateTimeOffset BrokerTime(MessageDelivery delivery)
    {
        var handedOut = delivery.Message.EnqueuedTime + time.GetElapsedTime(delivery.Started);
        var now = time.GetUtcNow();
        return now > handedOut ? now : handedOut;
    }

    /// <summary>Ends a delivery of a message that is invalid.</summary>
    public Settlement Invalid(InboundMessage message, MessageReading read) =>
        Settlement.Invalid(read.Faults!, OnDeadLetter(message, read));

    /// <summary>Ends a delivery whose request is not due yet: it becomes a timeout.</summary>
    public async Task<Settlement> ArmAsync(
        MessageDelivery delivery,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        for (
            var pause = FirstPause;
            !await timeouts.TryArmAsync(delivery.Request, dueAt, delivery.Message, cancellationToken);
            pause = Longer(pause)
        )
        {
            if (!await PauseAsync(delivery, pause, cancellationToken))
            {
                return Settlement.Abandon;
            }
        }

        return Settlement.Complete;
    }

    /// <summary>Ends a delivery whose outcome has just been established.</summary>
    public Task<Settlement> EndAsync(
        MessageDelivery delivery,
        CancelOutcome outcome,
        CancellationToken cancellationToken
    ) =>
        outcome.Kind.Row().IsRetryable
        && schedule.DelayAfter(delivery.Read.History.Delivery, outcome, Left(delivery)) is { } delay
            ? TryLaterAsync(delivery, outcome, delay, cancellationToken)
            : PublishAsync(delivery, outcome, cancellationToken);

    /// <summary>Ends a delivery whose outcome only needs to be published.</summary>
    public async Task<Settlement> PublishAsync(
        MessageDelivery delivery,
        CancelOutcome outcome,
        CancellationToken cancellationToken
    )
    {
        var history = delivery.Read.History with { Outcome = outcome };
        var publications = history.Publications + 1;
        var delay = schedule.DelayAfter(publications, outcome: null);
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            if (await reporter.ReportAsync(delivery.Request, outcome, delivery.Started, cancellationToken))
            {
                return outcome.Kind.Row().IsRetryable
                    ? Exhausted(DeadLetterReasons.DeliveriesExhausted, outcome, delivery)
                    : Settlement.Complete;
            }

            if (delay is null)
            {
                return Exhausted(DeadLetterReasons.OutcomeNotPublished, outcome, delivery);
            }

            // The copy has no time to live: the order is dealt with, and its event must not be lost.
            var copy = copies.Of(
                delivery,
                Next(history, outcome) with
                {
                    Publications = publications,
                },
                timeToLive: null
            );
            if (
                await ScheduleAsync(
                    delivery,
                    outcome,
                    copy,
                    BrokerTime(delivery) + delay.Value,
                    "its outcome could not be published",
                    cancellationToken
                ) == Scheduling.Done
            )
            {
                return Settlement.Complete;
            }

            if (!await PauseAsync(delivery, pause, cancellationToken))
            {
                // Given back, it comes again at once: that is no delivery by the schedule, and must not spend it.
                return Settlement.AbandonWith(copies.OnAbandon(delivery, history));
            }
        }
    }

    private async Task<Settlement> TryLaterAsync(
        MessageDelivery delivery,
        CancelOutcome outcome,
        TimeSpan delay,
        CancellationToken cancellationToken
    )
    {
        if (ServiceSpans.Wanted)
        {
            ServiceSpans.Collected(Activity.Current)?.Describe(delivery.Request, outcome);
        }

        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var dueAt = BrokerTime(delivery) + delay;
            var timeToLive = delivery.Message.ExpiresAt - dueAt;
            if (timeToLive <= TimeSpan.Zero)
            {
                // The queue has refused the copy for so long that it would expire before it is due.
                return await PublishAsync(delivery, outcome, cancellationToken);
            }

            var copy = copies.Of(delivery, Next(delivery.Read.History, outcome), timeToLive);
            switch (await ScheduleAsync(delivery, outcome, copy, dueAt, outcome.Kind.Row().FullName, cancellationToken))
            {
                case Scheduling.Done:
                    return Settlement.Complete;
                case Scheduling.Impossible:
                    return await PublishAsync(delivery, outcome, cancellationToken);
                case Scheduling.Failed when !await PauseAsync(delivery, pause, cancellationToken):
                    return Settlement.Abandon;
            }
        }
    }

    private async Task<Scheduling> ScheduleAsync(
        MessageDelivery delivery,
        CancelOutcome outcome,
        OutboundMessage copy,
        DateTimeOffset dueAt,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var delay = dueAt - BrokerTime(delivery);
        try
        {
            await queue.ScheduleAsync(copy, dueAt, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotScheduled(logger, LogText.Of(delivery.Request.RequestId), exception);
            return exception is MessageTooLargeException ? Scheduling.Impossible : Scheduling.Failed;
        }

        metrics.Retried(delivery.Read.History.Delivery + 1);
        Log.Scheduled(
            logger,
            LogText.Of(delivery.Request.RequestId),
            delivery.Read.History.Delivery + 1,
            delay.TotalSeconds,
            TextWith.Detail(reason, outcome.Detail)
        );
        return Scheduling.Done;
    }

    /// <summary>How long the message still lives; null for ever.</summary>
    private TimeSpan? Left(MessageDelivery delivery) => delivery.Message.ExpiresAt - BrokerTime(delivery);

    /// <summary>Waits under the message's lock; false when there is no time left for that.</summary>
    private async Task<bool> PauseAsync(MessageDelivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(delivery.Started) + pause > _maxHandlingTime)
        {
            return false;
        }

        await Task.Delay(pause, time, cancellationToken);
        return true;
    }

    private Settlement Exhausted(string reason, CancelOutcome outcome, MessageDelivery delivery)
    {
        var row = outcome.Kind.Row();
        var description = $"{row.ReasonCode ?? row.Name} after {delivery.Read.History.Delivery} deliveries";
        if (reason == DeadLetterReasons.OutcomeNotPublished)
        {
            description += ", but its outcome event could not be published";
        }
        else if (schedule.GoesOnAfter(delivery.Read.History.Delivery) && delivery.Read.History.Publications == 0)
        {
            description += ", which are all that its time to live or its size allows";
        }

        return Settlement.DeadLetter(
            reason,
            TextWith.Detail(description, outcome.Detail),
            OnDeadLetter(delivery.Message, delivery.Read)
        );
    }

    private static MessageHistory Next(MessageHistory history, CancelOutcome outcome) =>
        history with
        {
            Delivery = history.Delivery + 1,
            Attempts = outcome.Attempts,
        };

    private IReadOnlyDictionary<string, object>? OnDeadLetter(InboundMessage message, MessageReading read) =>
        read.Identity is { } identity ? copies.OnDeadLetter(message, identity, read.IsTimeout) : null;

    private static TimeSpan Longer(TimeSpan pause) => 2 * pause < LongestPause ? 2 * pause : LongestPause;

    private enum Scheduling
    {
        Done,

        /// <summary>The queue did not confirm it; it may work later.</summary>
        Failed,

        /// <summary>It never works.</summary>
        Impossible,
    }

    private static partial class Log
    {
        [LoggerMessage(
            403,
            LogLevel.Error,
            "Request {RequestId} could not be scheduled for another delivery; its message is held, and in the end given back"
        )]
        public static partial void NotScheduled(ILogger logger, string requestId, Exception exception);

        [LoggerMessage(
            404,
            LogLevel.Information,
            "Request {RequestId} is delivered again as number {Delivery} in {Seconds:0.#} s: {Reason}"
        )]
        public static partial void Scheduled(
            ILogger logger,
            string requestId,
            int delivery,
            double seconds,
            string reason
        );
    }
}
