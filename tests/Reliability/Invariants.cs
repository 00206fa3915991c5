using OnrampFunctions.Local;

namespace Reliability;

/// <summary>A promise that was broken for one request.</summary>
public sealed record Violation(string Promise, Record Record);

/// <summary>What must hold for every request, whatever went wrong.</summary>
public static class Invariants
{
    public const string Lost = "lost: no outcome event and no dead letter";
    public const string Untrue = "untrue: the outcome contradicts the order's state";
    public const string Doubled = "doubled: more than one event of an outcome, or two outcomes about the order";
    public const string Silent = "silent: given up without its event, or answered without it";
    public const string Unasked = "unasked: an order was cancelled that should have been left alone";

    public static IReadOnlyList<string> All { get; } = [Lost, Untrue, Doubled, Silent, Unasked];

    public static IEnumerable<Violation> Check(Record record)
        => Broken(record).Distinct().Select(promise => new Violation(promise, record));

    private static IEnumerable<string> Broken(Record record)
    {
        var ended = record.Events.Count + record.DeadLetters.Count;
        if (record.Disarmed)
        {
            return ended == 0 && record.CancelCalls == 0 ? [] : [Unasked];
        }

        if (record.Request.Way == Way.MalformedMessage)
        {
            return record is { Events.IsEmpty: true, DeadLetters.Count: 1, CancelCalls: 0 } && record.DeadLetters.Single().Reason == "InvalidMessage" ? [] : [Lost];
        }

        return ended == 0 && !AnsweredUnpublished(record) ? [Lost] : [.. Events(record), .. DeadLetters(record), .. Answers(record), .. Order(record)];
    }

    private static IEnumerable<string> Events(Record record)
    {
        if (record.Events.Any(sent => !IsTrue(sent, record)))
        {
            yield return Untrue;
        }

        // A failed event may stand beside the outcome that a later try established; two outcomes about the order may not.
        if (record.Events.GroupBy(sent => sent.Outcome).Any(outcome => outcome.Count() > 1) || record.Events.Count(sent => sent.Outcome != "failed") > 1)
        {
            yield return Doubled;
        }
    }

    private static bool IsTrue(ReceivedEvent sent, Record record) => sent.Outcome switch
    {
        "cancelled" => record.FinalStatus == OrderStates.Cancelled,
        "not_cancellable" => record.FinalStatus is OrderStates.Paid or OrderStates.Completed or OrderStates.Failed && sent.OrderStatus == record.FinalStatus,
        "not_found" => record.FinalStatus is null,
        "rejected" => record.FinalStatus == OrderStates.Waiting,
        "failed" => true,
        _ => false,
    };

    private static IEnumerable<string> DeadLetters(Record record)
    {
        // Exhausted messages have told so on the topic. The broker's own dead-lettering after too many deliveries is the only other end.
        if (record.DeadLetters.Any(dead => dead.Reason is not ("AttemptsExhausted" or "MaxDeliveryCountExceeded"))
            || (record.DeadLetters.Any(dead => dead.Reason == "AttemptsExhausted") && record.Events.All(sent => sent.Outcome != "failed")))
        {
            yield return Silent;
        }

        // And a message that failed for good is in the dead-letter queue.
        if (record.Request.Way is not Way.Http && record.Events.Any(sent => sent.Outcome == "failed") && record.DeadLetters.IsEmpty)
        {
            yield return Silent;
        }
    }

    private static IEnumerable<string> Answers(Record record)
    {
        if (record.Request.Way != Way.Http || record.Answers.LastOrDefault() is not { } answer)
        {
            yield break;
        }

        var outcome = answer.Split(' ')[^1];
        if (!answer.Contains("outcome-not-published", StringComparison.Ordinal) && record.Events.All(sent => sent.Outcome != outcome))
        {
            yield return Silent;
        }
    }

    private static IEnumerable<string> Order(Record record)
    {
        var leftAlone = record.PaidInTime || (record.Request.ReadsFirst && record.Request.InitialStatus is not (null or OrderStates.Waiting));
        if (leftAlone && record.CancelCalls > 0)
        {
            yield return Unasked;
        }
    }

    /// <summary>A caller who was told to the end that the outcome is not published knows that, and has lost nothing.</summary>
    private static bool AnsweredUnpublished(Record record)
        => record.Answers.LastOrDefault()?.Contains("outcome-not-published", StringComparison.Ordinal) == true;
}
