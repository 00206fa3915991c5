using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Settles a delivery: publishes the outcome to the topic, or schedules a timeout or a retry copy on the queue. While
/// neither works, the message is held under its lock for as long as time allows, and is then abandoned.
/// </summary>
internal sealed partial class DeliveryCompletion(
    OutcomeReporter reporter,
    RetrySchedule schedule,
    RetryCopy copies,
    RequestQueue queue,
    ITimeouts timeouts,
    IOptions<QueueOptions> options,
    TimeProvider time,
    CancellationMetrics metrics,
    ILogger<DeliveryCompletion> logger
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    private readonly TimeSpan _maxHandlingTime = options.Value.MaxHandlingTime;

    /// <summary>Dead-letters a message that is invalid.</summary>
    public Settlement Reject(CancelMessage message) =>
        Settlement.Invalid(message.Faults!, copies.OnDeadLetter(message));

    /// <summary>Settles a delivery whose request is due later: arms a timeout.</summary>
    public async Task<Settlement> ArmAsync(
        CancelMessage message,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        var pause = FirstPause;
        while (!await timeouts.TryArmAsync(message.Request!, dueAt, message.Received, cancellationToken))
        {
            if (!await TryPauseAsync(message, pause, cancellationToken))
            {
                return Settlement.Abandon;
            }

            pause = Longer(pause);
        }

        return Settlement.Complete;
    }

    /// <summary>Settles a delivery whose outcome has just been established: publishes it, or retries later.</summary>
    public Task<Settlement> CompleteAsync(
        CancelMessage message,
        CancelOutcome outcome,
        CancellationToken cancellationToken
    ) =>
        outcome.Kind.Row().IsRetryable
        && schedule.DelayAfter(message.Delivery, outcome, RemainingLife(message)) is { } delay
            ? RetryLaterAsync(message, outcome, delay, cancellationToken)
            : PublishAsync(message, outcome, cancellationToken);

    /// <summary>Settles a delivery whose outcome is already known: publishes it.</summary>
    public async Task<Settlement> PublishAsync(
        CancelMessage message,
        CancelOutcome outcome,
        CancellationToken cancellationToken
    )
    {
        message = message with { PendingOutcome = outcome };
        var publications = message.Publications + 1;
        var delay = schedule.DelayAfter(publications, outcome: null);
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            if (await reporter.ReportAsync(message.Request!, outcome, message.Started, cancellationToken))
            {
                return outcome.Kind.Row().IsRetryable
                    ? Exhausted(DeadLetterReasons.DeliveriesExhausted, outcome, message)
                    : Settlement.Complete;
            }

            if (delay is null)
            {
                return Exhausted(DeadLetterReasons.OutcomeNotPublished, outcome, message);
            }

            // The copy never expires: the outcome is known, and its event must not be lost.
            var copy = copies.Of(Next(message, outcome) with { Publications = publications }, timeToLive: null);
            var dueAt = BrokerTime(message) + delay.Value;
            const string reason = "its outcome could not be published";
            if (await ScheduleAsync(message, outcome, copy, dueAt, reason, cancellationToken) == Scheduling.Done)
            {
                return Settlement.Complete;
            }

            if (!await TryPauseAsync(message, pause, cancellationToken))
            {
                // Abandoning redelivers immediately, so it does not count as a delivery of the retry schedule.
                return Settlement.AbandonWith(copies.OnAbandon(message));
            }
        }
    }

    private async Task<Settlement> RetryLaterAsync(
        CancelMessage message,
        CancelOutcome outcome,
        TimeSpan delay,
        CancellationToken cancellationToken
    )
    {
        if (ServiceSpans.Wanted)
        {
            ServiceSpans.Collected(Activity.Current)?.Describe(message.Request!, outcome);
        }

        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var dueAt = BrokerTime(message) + delay;
            var timeToLive = message.Received.ExpiresAt - dueAt;
            if (timeToLive <= TimeSpan.Zero)
            {
                // The queue has refused the copy for so long that the copy would expire before it is due.
                return await PublishAsync(message, outcome, cancellationToken);
            }

            var copy = copies.Of(Next(message, outcome), timeToLive);
            switch (await ScheduleAsync(message, outcome, copy, dueAt, outcome.Kind.Row().FullName, cancellationToken))
            {
                case Scheduling.Done:
                    return Settlement.Complete;
                case Scheduling.Impossible:
                    return await PublishAsync(message, outcome, cancellationToken);
                case Scheduling.Failed when !await TryPauseAsync(message, pause, cancellationToken):
                    return Settlement.Abandon;
            }
        }
    }

    private async Task<Scheduling> ScheduleAsync(
        CancelMessage message,
        CancelOutcome outcome,
        OutboundMessage copy,
        DateTimeOffset dueAt,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var delay = dueAt - BrokerTime(message);
        var requestId = LogText.Of(message.Request!.RequestId);
        try
        {
            await queue.ScheduleAsync(copy, dueAt, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotScheduled(logger, requestId, exception);
            return exception is MessageTooLargeException ? Scheduling.Impossible : Scheduling.Failed;
        }

        var next = message.Delivery + 1;
        metrics.Retried(next);
        Log.Scheduled(logger, requestId, next, delay.TotalSeconds, TextWith.Detail(reason, outcome.Detail));
        return Scheduling.Done;
    }

    /// <summary>
    /// The best estimate of the broker's clock: never before the delivery, even if our clock is behind. Otherwise a
    /// copy could be due in the past and be delivered immediately.
    /// </summary>
    private DateTimeOffset BrokerTime(CancelMessage message)
    {
        var sinceDelivery = message.Received.EnqueuedTime + time.GetElapsedTime(message.Started);
        var now = time.GetUtcNow();
        return now > sinceDelivery ? now : sinceDelivery;
    }

    /// <summary>Returns the remaining time to live, or null if the message never expires.</summary>
    private TimeSpan? RemainingLife(CancelMessage message) => message.Received.ExpiresAt - BrokerTime(message);

    /// <summary>Waits under the message's lock; returns false when no time is left for that.</summary>
    private async Task<bool> TryPauseAsync(CancelMessage message, TimeSpan pause, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(message.Started) + pause > _maxHandlingTime)
        {
            return false;
        }

        await Task.Delay(pause, time, cancellationToken);
        return true;
    }

    private Settlement Exhausted(string reason, CancelOutcome outcome, CancelMessage message)
    {
        var row = outcome.Kind.Row();
        var deliveries = message.Delivery == 1 ? "1 delivery" : $"{message.Delivery} deliveries";
        var description = $"{row.ReasonCode ?? row.Name} after {deliveries}";
        if (reason == DeadLetterReasons.OutcomeNotPublished)
        {
            description += ", but its outcome event could not be published";
        }
        else if (schedule.GoesOnAfter(message.Delivery) && message.Publications == 0)
        {
            description += "; its time to live or its size allows no more";
        }

        return Settlement.DeadLetter(
            reason,
            TextWith.Detail(description, outcome.Detail),
            copies.OnDeadLetter(message)
        );
    }

    private static CancelMessage Next(CancelMessage message, CancelOutcome outcome) =>
        message with
        {
            Delivery = message.Delivery + 1,
            Attempts = outcome.Attempts,
        };

    private static TimeSpan Longer(TimeSpan pause) => 2 * pause < LongestPause ? 2 * pause : LongestPause;

    private enum Scheduling
    {
        Done,

        /// <summary>The queue did not confirm the message; a later attempt may succeed.</summary>
        Failed,

        /// <summary>No attempt can succeed.</summary>
        Impossible,
    }

    private static partial class Log
    {
        [LoggerMessage(
            403,
            LogLevel.Error,
            "Request {RequestId} could not be scheduled for another delivery; its message is held under its lock and may be abandoned"
        )]
        public static partial void NotScheduled(ILogger logger, string requestId, Exception exception);

        [LoggerMessage(
            404,
            LogLevel.Information,
            "Request {RequestId}: delivery {Delivery} is scheduled in {Seconds:0.#} s: {Reason}"
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
