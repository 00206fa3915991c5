namespace Reliability.Tests;

/// <summary>Tests that the run detects broken promises.</summary>
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
    public void Cannot_know_what_became_of_an_order_that_the_provider_says_nothing_about() =>
        Assert.Contains(
            Promises.Untrue,
            Broken(
                Ended(new PlannedRequest(1, Way.Http, 0, OnlyIfUnpaid: false, Fate.Doomed), -3, Sent("cancelled", -3))
            )
        );

    [Fact]
    public void Cannot_end_without_an_event_and_a_dead_letter() =>
        Assert.Equal([Promises.Lost], Broken(Ended(Way.Message, 0)));

    [Fact]
    public void Cannot_give_a_message_up_without_its_event_or_without_its_dead_letter()
    {
        var unpublished = GivenUp(Ended(Way.Message, 0));
        Assert.Equal([Promises.Silent], Broken(unpublished));
        Assert.Equal([Promises.Silent], Broken(Ended(Way.Message, 0, Sent("failed", null))));
    }

    [Fact]
    public void Cannot_give_a_message_up_before_its_schedule_is_spent()
    {
        Assert.Empty(Broken(GivenUp(Ended(Way.Message, 0, Sent("failed", null)))));
        Assert.Equal([Promises.Hasty], Broken(GivenUp(Ended(Way.Message, 0, Sent("failed", null)), 1)));
        var byTheBroker = Ended(Way.Message, 0);
        byTheBroker.DeadLetters.Enqueue(new DeadLetter("MaxDeliveryCountExceeded", ""));
        Assert.Equal([Promises.Hasty], Broken(byTheBroker));
    }

    [Fact]
    public void A_replayed_request_is_kept_and_starts_at_the_beginning_of_the_schedule()
    {
        var putBack = new PlannedRequest(1, Way.Message, 0, OnlyIfUnpaid: false) { Letters = 1 };
        Assert.Equal([Promises.Lost], Broken(Ended(putBack, 0)));
        Assert.Equal([Promises.Hasty], Broken(GivenUp(Ended(putBack, 0, Sent("failed", null)), 1, 5)));
    }

    [Fact]
    public void Cannot_do_only_one_of_two_events_of_two_sources()
    {
        var request = new PlannedRequest(1, Way.StructuredEvent, 0, OnlyIfUnpaid: true) { HasTwin = true };
        var twin = request.Twin();
        Assert.Equal(("request-1", "request-1"), (request.RequestId, twin.RequestId));
        Assert.NotEqual(
            (request.Source, request.OnlyIfUnpaid, request.Reason, request.MessageId),
            (twin.Source, twin.OnlyIfUnpaid, twin.Reason, twin.MessageId)
        );
        Assert.Empty(Broken(Ended(request, -3, Sent("cancelled", -3) with { Reason = request.Reason })));
        Assert.Equal([Promises.Lost], Broken(Ended(twin, -3)));
        Assert.Equal(
            [Promises.Garbled],
            Broken(Ended(twin, -3, Sent("cancelled", -3) with { Reason = request.Reason }))
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("failed")]
    [InlineData("not_found")]
    public void Cannot_record_another_outcome_of_a_deferred_request_than_that_of_its_events(string? recorded)
    {
        var record = Ended(Way.HttpAsync, -3, Sent("failed", null), Sent("cancelled", -3));
        record.DeadLetters.Enqueue(new DeadLetter("DeliveriesExhausted", ""));
        foreach (var delivery in (int[])[1, 2, 3, 4, 5])
        {
            record.Deliveries[delivery] = 1;
        }

        record.Answers.Enqueue(
            new Answer(202, null, null, null, "request-1", SaysWhen: false) { Location = "/api/requests/1" }
        );
        record.RecordedOutcome = "cancelled";
        Assert.Empty(Broken(record));
        record.RecordedOutcome = recorded;
        Assert.Equal([Promises.Unrecorded], Broken(record));
    }

    [Fact]
    public void A_timeout_fires_once_under_the_id_that_its_caller_knows()
    {
        var record = Ended(Way.Timeout, -3, Sent("cancelled", -3, "timeout") with { RequestId = "7" });
        record.Answers.Enqueue(Armed("7", "12:00:02"));
        Assert.Empty(Broken(record));
        record.Events.Enqueue(Sent("cancelled", -3, "timeout") with { RequestId = "8" });
        Assert.Equal([Promises.Doubled, Promises.Garbled], Broken(record));
    }

    [Fact]
    public void Cannot_lose_a_timeout_that_was_confirmed()
    {
        var record = Ended(Way.Timeout, 0);
        record.Answers.Enqueue(new Answer(503, "records-unavailable", null, null, null, SaysWhen: true));
        Assert.Empty(Broken(record));
        record.Answers.Enqueue(Armed("7", "12:00:02"));
        Assert.Equal([Promises.Lost], Broken(record));
    }

    [Fact]
    public void Cannot_refuse_to_disarm_a_waiting_timeout_or_let_a_disarmed_one_fire()
    {
        var waiting = Ended(Way.TimeoutDisarmed, -3, Sent("cancelled", -3, "timeout"));
        waiting.Answers.Enqueue(Armed("request-1", "12:00:02"));
        waiting.NotDisarmed = true;
        Assert.Equal([Promises.Misarmed], Broken(waiting));
        var taken = Ended(Way.TimeoutDisarmed, -3, Sent("cancelled", -3, "timeout"));
        taken.Disarmed = true;
        Assert.Equal([Promises.Unasked], Broken(taken));

        // Its caller does not know whether it was, and nothing may be retried forever.
        var gone = Ended(Way.TimeoutDisarmed, 0);
        gone.MaybeDisarmed = true;
        Assert.Empty(Broken(gone));
        gone.CancelCalls = 1;
        Assert.Equal([Promises.Unasked], Broken(gone));
    }

    [Theory]
    [InlineData("OutcomeNotPublished", 1)]
    [InlineData("DeliveriesExhausted", 2)]
    public void Cannot_have_more_dead_letters_than_messages(string reason, int messages)
    {
        var record = GivenUp(
            Ended(
                new PlannedRequest(1, Way.BinaryEvent, 0, OnlyIfUnpaid: false) { Twice = messages == 2 },
                0,
                Sent("failed", null)
            )
        );
        for (var number = 1; number < messages; number++)
        {
            record.DeadLetters.Enqueue(new DeadLetter(reason, ""));
        }

        Assert.Empty(Broken(record));
        record.DeadLetters.Enqueue(new DeadLetter(reason, ""));
        Assert.Equal([Promises.Doubled], Broken(record));
        record.LeftOutcomeToCopy = true;
        Assert.Empty(Broken(record));
    }

    [Fact]
    public void Cannot_publish_an_outcome_twice_nor_queue_a_delivery_twice()
    {
        var record = Ended(Way.Message, -3, Sent("cancelled", -3), Sent("cancelled", -3));
        record.Deliveries[2] = 2;
        Assert.Equal([Promises.Doubled, Promises.Copied], Broken(record));
    }

    [Fact]
    public void Cannot_report_an_unpublished_outcome_and_says_when_to_retry()
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
        record.Answers.Enqueue(Armed("request-1", "12:00:02"));
        record.PaidInTime = true;
        Assert.Empty(Broken(record));
        record.CancelCalls = 1;
        Assert.Equal([Promises.Unasked], Broken(record));
    }

    [Fact]
    public void Cannot_name_another_request() =>
        Assert.Equal(
            [Promises.Garbled],
            Broken(Ended(Way.Http, -3, Sent("cancelled", -3) with { RequestId = "request-2" }))
        );

    [Fact]
    public void Can_fail_and_then_succeed() =>
        Assert.Empty(Broken(Ended(Way.Http, -3, Sent("failed", 0), Sent("cancelled", -3))));

    /// <summary>
    /// Adds a dead letter of a message that has had all deliveries of the schedule, or the given number.
    /// </summary>
    private static Record GivenUp(Record record, params int[] deliveries)
    {
        record.DeadLetters.Enqueue(new DeadLetter("DeliveriesExhausted", ""));
        foreach (var delivery in deliveries.Length > 0 ? deliveries : [1, 2, 3, 4, 5])
        {
            record.Deliveries[delivery] = 1;
        }

        return record;
    }

    private static Answer Armed(string id, string dueAt) =>
        new(201, null, null, null, id, SaysWhen: false) { DueAt = dueAt };

    private static Record Ended(Way way, int finalStatus, params ReceivedEvent[] events) =>
        Ended(new PlannedRequest(1, way, 0, OnlyIfUnpaid: false), finalStatus, events);

    private static Record Ended(PlannedRequest request, int finalStatus, params ReceivedEvent[] events)
    {
        var record = new Record(request) { FinalStatus = finalStatus };
        var trigger = request.Way == Way.Http ? "http" : "queue";
        foreach (var sent in events)
        {
            record.Events.Enqueue(
                sent with
                {
                    Trigger = sent.Trigger ?? trigger,
                    Reason = sent.Reason ?? request.Reason,
                }
            );
        }

        return record;
    }

    private static ReceivedEvent Sent(string outcome, int? orderStatus, string? trigger = null) =>
        new(outcome, orderStatus, outcome == "failed" ? "unavailable" : null, "request-1", trigger);

    private static IEnumerable<string> Broken(Record record) =>
        Invariants.Check(record).Select(violation => violation.Promise);
}
