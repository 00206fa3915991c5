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
        if (record.Events.IsEmpty && record.DeadLetters.IsEmpty && !WasTold(record))
        {
            yield return Promises.Lost;
        }

        var ofMessages = exhausted + unpublished + givenUp;
        // With a redelivery, one delivery can dead-letter a message while the other leaves its outcome to a copy, which
        // is dead-lettered as well.
        var leavesOutcome = record.Deliveries.Keys.Any(delivery => delivery > FaultPlan.Deliveries.Last());
        if (
            failed > record.Request.Messages
            || settled > 1
            || ofMessages > record.Request.Messages * (leavesOutcome ? 2 : 1)
        )
        {
            yield return Promises.Doubled;
        }

        if (
            givenUp > 0
            || (
                exhausted + unpublished > 0
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
            "outcome-not-published" => true,
            "queue-unavailable" or "invalid-request" => record.Deliveries.IsEmpty,
            _ => false,
        };

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
                || sent.RequestId != record.Request.RequestId
                || sent.Trigger != trigger
                || sent.Reason != record.Request.Reason
            )
        )
        {
            yield return Promises.Garbled;
        }
    }

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
        var armed = record
            .Answers.Where(answer => answer.TimeoutId is not null)
            .Select(answer => (answer.TimeoutId, answer.DueAt))
            .Distinct();
        if (record.NotDisarmed || (!record.ArmedLate && armed.Count() > 1))
        {
            yield return Promises.Misarmed;
        }
    }

    private static IEnumerable<string> Copies(Record record)
    {
        // A timeout that has fired can be armed again.
        var messages = record.ArmedLate ? record.Answers.Count : record.Request.Messages;
        if (record.Deliveries.Any(delivery => delivery.Value > messages))
        {
            yield return Promises.Copied;
        }
    }
}
