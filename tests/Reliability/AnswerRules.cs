namespace Reliability;

/// <summary>
/// Checks the HTTP responses to one request: their form, that they are true, and that each outcome was published before
/// its response.
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
        (answer.RequestId == record.Request.RequestId || record.Request.IsTimeout)
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
            (422, "idempotency-key-reused", null, Way.Http or Way.HttpAsync) => record.Request.SharesId,
            (201, null, null, >= Way.Timeout and <= Way.TimeoutDisarmed) => true,
            (200, null, null, >= Way.Timeout and <= Way.TimeoutDisarmed) => record.Answers.Count + record.LostAnswers
                > 1,
            (503, "records-unavailable", null, >= Way.Timeout and <= Way.TimeoutDisarmed) => true,
            (409, "timeout-fired", null, >= Way.Timeout and <= Way.TimeoutDisarmed) => record.ArmedLate,
            (503, "queue-unavailable", null, not Way.Http) => true,

            // A repeat of a deferred request that is finished is answered from its record.
            (200, null, "cancelled", Way.HttpAsync) => true,
            (409, "not-cancellable", "not_cancellable", Way.HttpAsync) => true,
            (404, "order-not-found", "not_found", Way.HttpAsync) => true,
            (422, "rejected", "rejected", Way.HttpAsync) => true,

            // The requested time had already passed by then.
            (422, "invalid-request", null, >= Way.Timeout and <= Way.TimeoutDisarmed) => record.ArmedLate,
            _ => false,
        };
}
