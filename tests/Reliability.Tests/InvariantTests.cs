namespace Reliability.Tests;

/// <summary>The run is worth what its checks notice.</summary>
public sealed class InvariantTests
{
    [Theory]
    [InlineData("cancelled", 0, 0)]
    [InlineData("cancelled", -3, null)]
    [InlineData("not_cancellable", -3, -3)]
    [InlineData("not_cancellable", 1, 2)]
    [InlineData("not_found", 0, null)]
    [InlineData("rejected", 0, 0)]
    [InlineData("failed", -3, 1)]
    [InlineData("nonsense", 0, 0)]
    public void Cannot_contradict_the_order(string outcome, int finalStatus, int? told)
    {
        var record = Ended(Way.Http, finalStatus, Sent(outcome, told));
        Assert.Contains(Promises.Untrue, Broken(record));
    }

    [Fact]
    public void Cannot_know_what_became_of_an_order_that_the_provider_says_nothing_about()
        => Assert.Contains(Promises.Untrue, Broken(Ended(new PlannedRequest(1, Way.Http, 0, OnlyIfUnpaid: false, Fate.Doomed), -3, Sent("cancelled", -3))));

    [Fact]
    public void Cannot_end_without_an_event_and_a_dead_letter()
        => Assert.Equal([Promises.Lost], Broken(Ended(Way.Message, 0)));

    [Fact]
    public void Cannot_give_a_message_up_without_its_event_or_without_its_dead_letter()
    {
        var unpublished = Ended(Way.Message, 0);
        unpublished.DeadLetters.Enqueue(new DeadLetter("DeliveriesExhausted", ""));
        Assert.Equal([Promises.Silent], Broken(unpublished));
        Assert.Equal([Promises.Silent], Broken(Ended(Way.Message, 0, Sent("failed", null))));
    }

    [Fact]
    public void Cannot_publish_an_outcome_twice_nor_queue_a_delivery_twice()
    {
        var record = Ended(Way.Message, -3, Sent("cancelled", -3), Sent("cancelled", -3));
        record.Deliveries[2] = 2;
        Assert.Equal([Promises.Doubled, Promises.Copied], Broken(record));
    }

    [Fact]
    public void Cannot_answer_what_is_not_published_nor_forget_to_say_when_to_come_back()
    {
        var record = Ended(Way.Http, -3, Sent("failed", null));
        record.Answers.Enqueue(new Answer(200, null, "cancelled", -3, "request-1", SaysWhen: false));
        Assert.Equal([Promises.Silent], Broken(record));
        record.Answers.Enqueue(new Answer(503, "unavailable", "failed", null, "request-1", SaysWhen: false));
        Assert.Equal([Promises.Silent, Promises.Garbled], Broken(record));
    }

    [Fact]
    public void Cannot_try_to_cancel_an_order_that_was_paid_in_time()
    {
        var record = Ended(Way.TimeoutPaidBefore, 1, Sent("not_cancellable", 1, "timeout"));
        record.PaidInTime = true;
        Assert.Empty(Broken(record));
        record.CancelCalls = 1;
        Assert.Equal([Promises.Unasked], Broken(record));
    }

    [Fact]
    public void Cannot_name_another_request()
        => Assert.Equal([Promises.Garbled], Broken(Ended(Way.Http, -3, Sent("cancelled", -3) with { RequestId = "request-2" })));

    [Fact]
    public void Can_fail_and_then_succeed()
        => Assert.Empty(Broken(Ended(Way.Http, -3, Sent("failed", 0), Sent("cancelled", -3))));

    private static Record Ended(Way way, int finalStatus, params ReceivedEvent[] events) => Ended(new PlannedRequest(1, way, 0, OnlyIfUnpaid: false), finalStatus, events);

    private static Record Ended(PlannedRequest request, int finalStatus, params ReceivedEvent[] events)
    {
        var record = new Record(request) { FinalStatus = finalStatus };
        var trigger = request.Way == Way.Http ? "http" : "queue";
        foreach (var sent in events)
        {
            record.Events.Enqueue(sent.Trigger is null ? sent with { Trigger = trigger } : sent);
        }

        return record;
    }

    private static ReceivedEvent Sent(string outcome, int? orderStatus, string? trigger = null)
        => new(outcome, orderStatus, outcome == "failed" ? "unavailable" : null, "request-1", trigger);

    private static IEnumerable<string> Broken(Record record) => Invariants.Check(record).Select(violation => violation.Promise);
}
