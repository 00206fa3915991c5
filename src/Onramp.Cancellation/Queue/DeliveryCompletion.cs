using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;
using Onramp.Cancellation.Timeouts;

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
    OrderTimeouts timeouts,
    RequestRecords records,
    IOptions<QueueOptions> options,
    TimeProvider time,
    CancellationMetrics metrics,
    ILogger<DeliveryCompletion> logger
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _maxHandlingTime = options.Value.MaxHandlingTime;

    /// <summary>Dead-letters a message that is invalid.</summary>
    public Settlement Reject(CancelMessage message) =>
        Settlement.Invalid(message.Faults!, copies.OnDeadLetter(message));

    /// <summary>Settles a delivery that asks for a timeout: arms it.</summary>
    public async Task<Settlement> ArmAsync(
        CancelMessage message,
        TimeoutChange change,
        CancellationToken cancellationToken
    )
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var armed = await timeouts.ArmAsync(change, cancellationToken);
            switch (armed.Status)
            {
                case ArmStatus.Armed or ArmStatus.Moved or ArmStatus.Unchanged:
                    return Settlement.Complete;

                case ArmStatus.OrderNotWaiting:
                    var outcome = armed.Outcome!;
                    return await CompleteAsync(
                        message,
                        outcome with
                        {
                            Attempts = message.Attempts + outcome.Attempts,
                        },
                        cancellationToken
                    );

                case ArmStatus.OrderHasNoEnd:
                    return Reject(message with { Faults = "/whenExpired: Onramp reports no end time of this order." });

                case ArmStatus.Firing:
                    return await WaitAsync(message, "its order's timeout is firing", LongWait, cancellationToken);

                case ArmStatus.TablesUnavailable when !await TryPauseAsync(message, pause, cancellationToken):
                    return await WaitAsync(message, "the tables do not answer", LongWait, cancellationToken);

                case ArmStatus.QueueUnavailable when !await TryPauseAsync(message, pause, cancellationToken):
                    return Settlement.Abandon;
            }
        }
    }

    /// <summary>
    /// Lets the alarm of a timeout begin to fire. Returns how to settle the delivery if its order is not to be
    /// cancelled now; otherwise the request to cancel it.
    /// </summary>
    public async Task<(CancelRequest? Request, Settlement Settlement)> BeginFiringAsync(
        CancelMessage message,
        TimeoutAlarm alarm,
        CancellationToken cancellationToken
    )
    {
        var firing = await timeouts.BeginFiringAsync(alarm, BrokerTime(message), cancellationToken);
        return firing.Step switch
        {
            FiringStep.Cancel => (message.Request! with { GraceAfterEnd = firing.GraceAfterEnd }, default),
            FiringStep.Nothing => (null, Settlement.Complete),
            FiringStep.Later => (
                null,
                await WaitAsync(message, "its timeout is not due", firing.At - BrokerTime(message), cancellationToken)
            ),
            FiringStep.Wait => (
                null,
                await WaitAsync(message, "the tables do not answer", ShortWait, cancellationToken)
            ),
            FiringStep.OrderNotRead => (
                null,
                await CompleteAsync(
                    message,
                    firing.Outcome! with
                    {
                        Attempts = message.Attempts + firing.Outcome.Attempts,
                    },
                    cancellationToken
                )
            ),
        };
    }

    /// <summary>Settles a delivery whose outcome has just been established: publishes it, or retries later.</summary>
    public Task<Settlement> CompleteAsync(
        CancelMessage message,
        CancelOutcome outcome,
        CancellationToken cancellationToken
    ) =>
        outcome.Kind.Row().IsRetryable
        && schedule.DelayAfter(message.Delivery, message.Age, outcome, RemainingLife(message)) is { } delay
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
        var delay = schedule.DelayAfter(publications, BrokerTime(message) - outcome.CompletedAt, outcome: null);
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var isPublished =
                await reporter.ReportAsync(message.Request!, outcome, message.Started, cancellationToken)
                && await TryEndFiringAsync(message, outcome, outcome.Kind.Row().IsRetryable, cancellationToken);
            if (isPublished)
            {
                return outcome.Kind.Row().IsRetryable
                    ? Exhausted(DeadLetterReasons.DeliveriesExhausted, outcome, message)
                    : Settlement.Complete;
            }

            if (delay is null)
            {
                // Callers can arm the order's next timeout, and a replay cancels the order again.
                await TryEndFiringAsync(message, outcome, isFailed: true, cancellationToken);
                return Exhausted(DeadLetterReasons.OutcomeNotPublished, outcome, message);
            }

            // The copy never expires: the outcome is known, and its event must not be lost.
            var copy = copies.Of(Next(message, outcome) with { Publications = publications }, timeToLive: null);
            var dueAt = BrokerTime(message) + delay.Value;
            const string reason = "not published or recorded";
            if (await ScheduleAsync(message, copy, dueAt, reason, cancellationToken) == Scheduling.Done)
            {
                await OnRetryAsync(message, dueAt, reason, detail: null, cancellationToken);
                return Settlement.Complete;
            }

            if (!await TryPauseAsync(message, pause, cancellationToken))
            {
                // Abandoning redelivers immediately, so it does not count as a delivery of the retry schedule.
                return Settlement.AbandonWith(copies.OnAbandon(message));
            }
        }
    }

    private async Task<bool> TryEndFiringAsync(
        CancelMessage message,
        CancelOutcome outcome,
        bool isFailed,
        CancellationToken cancellationToken
    ) =>
        message.Alarm is not { } alarm
        || await timeouts.TryEndFiringAsync(alarm, outcome.Kind.Row().Name, isFailed, cancellationToken);

    /// <summary>
    /// Schedules a copy of a message that cannot be handled yet, for a reason that says nothing about its order. That
    /// is not a delivery of the retry schedule, and it is repeated for as long as it takes.
    /// </summary>
    private async Task<Settlement> WaitAsync(
        CancelMessage message,
        string reason,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var dueAt = BrokerTime(message) + (wait > TimeSpan.Zero ? wait : FirstPause);

            // Waiting does not make the message older: it has the same time for its attempts as any other.
            var next = message with
            {
                Waits = message.Waits + 1,
                Waited = dueAt - message.RetryingSince - message.Age,
            };
            var timeToLive = message.Received.ExpiresAt - dueAt;
            if (timeToLive <= TimeSpan.Zero)
            {
                // The broker dead-letters it when it expires.
                return Settlement.Abandon;
            }

            var isScheduled =
                await ScheduleAsync(message, copies.Of(next, timeToLive), dueAt, reason, cancellationToken)
                == Scheduling.Done;
            if (isScheduled)
            {
                return Settlement.Complete;
            }

            if (!await TryPauseAsync(message, pause, cancellationToken))
            {
                return Settlement.Abandon;
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
            var cause = outcome.Kind.Row().FullName;
            var reason = TextWith.Detail(cause, outcome.Detail);
            switch (await ScheduleAsync(message, copy, dueAt, reason, cancellationToken))
            {
                case Scheduling.Done:
                    await OnRetryAsync(message, dueAt, cause, outcome.Detail, cancellationToken);
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
        OutboundMessage copy,
        DateTimeOffset dueAt,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var request = message.Request!;
        var delay = dueAt - BrokerTime(message);
        try
        {
            await queue.ScheduleAsync(copy, dueAt, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotScheduled(logger, LogText.Of(request.RequestId), exception);
            return exception is MessageTooLargeException ? Scheduling.Impossible : Scheduling.Failed;
        }

        Log.Scheduled(logger, LogText.Of(request.RequestId), delay.TotalSeconds, reason);
        return Scheduling.Done;
    }

    /// <summary>Records that a retry copy was scheduled. A failure is only logged.</summary>
    private async Task OnRetryAsync(
        CancelMessage message,
        DateTimeOffset dueAt,
        string cause,
        string? detail,
        CancellationToken cancellationToken
    )
    {
        metrics.Retried(message.Delivery + 1);
        await records.WaitAsync(message.Request!, dueAt, cause, detail, cancellationToken);
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
        else if (schedule.GoesOnAt(message.Age) && message.Publications == 0)
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
            "Request {RequestId} is scheduled again in {Seconds:0.#} s: {Reason}"
        )]
        public static partial void Scheduled(ILogger logger, string requestId, double seconds, string reason);
    }
}
