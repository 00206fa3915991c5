namespace Reliability;

/// <summary>Checks one request against the promises for each request.</summary>
public static class Invariants
{
    public static IEnumerable<Violation> Check(Record record) =>
        Broken(record).Distinct().Select(promise => new Violation(promise, [.. record.Tell()]));

    private static IEnumerable<string> Broken(Record record)
    {
        if (record.Disarmed || record is { MaybeDisarmed: true, Events.IsEmpty: true, DeadLetters.IsEmpty: true })
        {
            return
            [
                .. record is { Events.IsEmpty: true, DeadLetters.IsEmpty: true, CancelCalls: 0 }
                    ? []
                    : (string[])[Promises.Unasked],
                .. Arming(record),
            ];
        }

        if (record.Request.Way == Way.MalformedMessage)
        {
            return
                record is { Events.IsEmpty: true, DeadLetters.Count: 1 }
                && record.DeadLetters.Single().Reason == "InvalidMessage"
                ? []
                : [Promises.Lost];
        }

        return
        [
            .. Ends(record),
            .. Truth(record),
            .. AnswerRules.Broken(record),
            .. LeftAlone(record),
            .. Arming(record),
            .. Recorded(record),
            .. Copies(record),
        ];
    }

    private static IEnumerable<string> Ends(Record record)
    {
        var failed = record.Events.Count(sent => sent.Outcome == "failed");
        var settled = record.Events.Count - failed;
        var exhausted = record.DeadLetters.Count(dead => dead.Reason == "DeliveriesExhausted");
        var unpublished = record.DeadLetters.Count(dead => dead.Reason == "OutcomeNotPublished");

        // After too many deliveries the broker itself dead-letters a message. A message that is held or waits for its
        // schedule never gets there.
        var givenUp = record.DeadLetters.Count(dead => dead.Reason == "MaxDeliveryCountExceeded");
        if (record.Events.IsEmpty && record.DeadLetters.IsEmpty && !WasTold(record) && !IsOver(record))
        {
            yield return Promises.Lost;
        }

        var ofMessages = exhausted + unpublished + givenUp;
        // A timeout that has fired can be armed again.
        var firings = record is { ArmedLate: true, Request.IsTimeout: true }
            ? Math.Max(1, record.Answers.Count + record.LostAnswers)
            : 1;
        if (
            failed > record.Request.Messages * firings
            || settled > firings
            // With a redelivery, one delivery can dead-letter a message while the other leaves its outcome to a copy,
            // which is dead-lettered as well.
            || ofMessages > record.Request.Messages * firings * (record.LeftOutcomeToCopy ? 2 : 1)
        )
        {
            yield return Promises.Doubled;
        }

        if (
            givenUp > 0
            || (
                exhausted + unpublished > 0
                && !record.IsAgedByClock
                && FaultPlan.Deliveries.Any(delivery => !record.Deliveries.ContainsKey(delivery))
            )
        )
        {
            yield return Promises.Hasty;
        }

        var isMessage = record.Request.Way != Way.Http;
        if (
            (exhausted > 0 && failed == 0)
            || record.DeadLetters.Count != (isMessage ? ofMessages : 0)
            || (isMessage && failed > 0 && settled == 0 && record.DeadLetters.IsEmpty)
        )
        {
            yield return Promises.Silent;
        }
    }

    /// <summary>
    /// A caller whose last response said that the queue did not accept the request, or that its outcome is not
    /// published, has lost nothing.
    /// </summary>
    private static bool WasTold(Record record) =>
        record.Answers.LastOrDefault()?.Problem switch
        {
            "outcome-not-published" or "idempotency-key-reused" => true,

            // The alarm of a timeout that was not confirmed may be on the queue, and does nothing.
            "queue-unavailable" or "records-unavailable" or "invalid-request" when record.Request.IsTimeout =>
                record.Answers.All(static answer => answer.DueAt is null),
            "queue-unavailable" or "invalid-request" => record.Deliveries.IsEmpty,
            _ => false,
        };

    /// <summary>
    /// Whether a resubmitted alarm has nothing to do: the timeout has fired with a final outcome since, or was armed
    /// again.
    /// </summary>
    private static bool IsOver(Record record) =>
        record.Request.IsTimeout && record.Before?.Events.Any(static sent => sent.Outcome != "failed") == true;

    private static IEnumerable<string> Truth(Record record)
    {
        if (
            record.Events.Any(sent =>
                !IsTrue(record, sent.Outcome, sent.OrderStatus)
                || (sent.Outcome == "failed") != (sent.ReasonCode is "credentials" or "throttled" or "unavailable")
            )
        )
        {
            yield return Promises.Untrue;
        }

        var trigger = record.Request switch
        {
            { Way: Way.Http } => "http",
            { IsTimeout: true } => "timeout",
            _ => "queue",
        };
        if (
            record.Events.Any(sent =>
                !sent.IsConsistent
                || !IsRequestId(record, sent.RequestId)
                || sent.Trigger != trigger
                || sent.Reason != record.Request.Reason
            )
        )
        {
            yield return Promises.Garbled;
        }
    }

    /// <summary>
    /// Whether an event has the id of its request. That of a timeout is in the answer that confirmed it, unless the
    /// answer was lost.
    /// </summary>
    private static bool IsRequestId(Record record, string? id) =>
        !record.Request.IsTimeout
            ? id == record.Request.RequestId
            : record.Answers.Any(answer => answer.RequestId == id)
                || (
                    id is { Length: 32 }
                    && (
                        record.Request.IsPutBack
                        || record.LostAnswers > 0
                        || record.Answers.Any(static answer => answer.DueAt is null)
                    )
                );

    /// <summary>Whether an outcome and its order state are true.</summary>
    internal static bool IsTrue(Record record, string outcome, int? orderStatus) =>
        (outcome, record.Request.Fate) switch
        {
            // Nothing can be known about a doomed order.
            ("failed", Fate.Doomed) => orderStatus is null,
            (_, Fate.Doomed) => false,
            ("cancelled", _) => record.FinalStatus == OrderStates.Cancelled && orderStatus == OrderStates.Cancelled,
            ("not_cancellable", _) => record.FinalStatus
                is OrderStates.Paid
                    or OrderStates.Completed
                    or OrderStates.Failed
                && orderStatus == record.FinalStatus,
            ("not_found", _) => record.FinalStatus is null && orderStatus is null,
            ("rejected", var fate) => fate == Fate.Refused
                && record.FinalStatus == OrderStates.Waiting
                && orderStatus == OrderStates.Waiting,

            // It failed while the order was still waiting, or before its state was known.
            ("failed", _) => orderStatus is null
                || (orderStatus == OrderStates.Waiting && record.Request.InitialStatus == OrderStates.Waiting),
            _ => false,
        };

    private static IEnumerable<string> LeftAlone(Record record)
    {
        var leftAlone =
            record.PaidInTime
            || (record.Request.ReadsFirst && record.Request.InitialStatus is not (null or OrderStates.Waiting));
        if (leftAlone && record.Request.IsAlone && record.CancelCalls > 0)
        {
            yield return Promises.Unasked;
        }
    }

    private static IEnumerable<string> Arming(Record record)
    {
        if (record.NotDisarmed)
        {
            yield return Promises.Misarmed;
        }
    }

    /// <summary>The record of a deferred request says in the end what its events say.</summary>
    private static IEnumerable<string> Recorded(Record record)
    {
        var isDeferred = record.Answers.Any(static answer => answer.Location is not null);
        var isFinal = record.Events.Any(static sent => sent.Outcome != "failed");
        if (
            isDeferred
            && !record.Request.SharesId
            && (
                !(
                    record.Events.IsEmpty
                        ? record.RecordedOutcome is null
                        : record.Events.Any(sent => sent.Outcome == record.RecordedOutcome)
                ) || (isFinal && record.RecordedOutcome == "failed")
            )
        )
        {
            yield return Promises.Unrecorded;
        }
    }

    private static IEnumerable<string> Copies(Record record)
    {
        // A timeout that is armed again before the queue has confirmed its alarm, or while a clock is set forward, has a
        // second alarm. Both may fire, and each has deliveries of its own.
        var alarms = record.Request.IsTimeout ? 1 : 0;
        if (record.Deliveries.Any(delivery => delivery.Value > record.Request.Messages + alarms))
        {
            yield return Promises.Copied;
        }
    }
}
