namespace Reliability;

/// <summary>
/// Checks the HTTP answers to one request: their form, their truth, and that each was published before it was given.
/// </summary>
internal static class AnswerRules
{
    public static IEnumerable<string> Broken(Record record)
    {
        if (record.Unanswered)
        {
            yield return Promises.Late;
        }

        foreach (var answer in record.Answers)
        {
            if (!HasForm(record, answer))
            {
                yield return Promises.Garbled;
            }

            if (answer.Outcome is not { } outcome)
            {
                continue;
            }

            if (!Invariants.IsTrue(record, outcome, answer.OrderStatus))
            {
                yield return Promises.Untrue;
            }

            if (answer.Problem != "outcome-not-published" && record.Events.All(sent => sent.Outcome != outcome))
            {
                yield return Promises.Silent;
            }
        }
    }

    private static bool HasForm(Record record, Answer answer) =>
        (answer.RequestId == record.Request.RequestId || answer.Problem == "invalid-request")
        && answer.SaysWhen == answer.AsksForMore
        && (answer.Status, answer.Problem, answer.Outcome, record.Request.Way) switch
        {
            (200, null, "cancelled", Way.Http) => answer.OrderStatus == OrderStates.Cancelled,
            (409, "not-cancellable", "not_cancellable", Way.Http) => true,
            (404, "order-not-found", "not_found", Way.Http) => true,
            (422, "rejected", "rejected", Way.Http) => true,
            (502, "credentials-refused", "failed", Way.Http) => true,
            (503, "throttled" or "unavailable", "failed", Way.Http) => true,
            (503, "outcome-not-published", not null, Way.Http) => true,
            (202, null, null, Way.HttpAsync) => true,
            (201, null, null, >= Way.Timeout and <= Way.TimeoutDisarmed) => true,
            (503, "queue-unavailable", null, not Way.Http) => true,

            // By then the instant that was asked for had passed.
            (422, "invalid-request", null, >= Way.Timeout and <= Way.TimeoutDisarmed) => record.ArmedLate,
            _ => false,
        };
}
