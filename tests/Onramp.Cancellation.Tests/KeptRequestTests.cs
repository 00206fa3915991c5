using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Requests cannot vanish: not because of the id of another request, not when dead letters are resubmitted, and not
/// while topic or queue refuse or never respond.
/// </summary>
public sealed class KeptRequestTests
{
    // The age of the sixth delivery.
    private const string SixDeliveries = "00:42:35";

    private const string Body = """{"orderId":"1443"}""";

    /// <summary>Much longer than needed, so that a bug fails the test instead of hanging it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Two_sources_with_one_event_id_are_two_requests()
    {
        // CloudEvents 1.0, section 3.1.1: only source and id together are unique.
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(
            Event("/stale-detector", "17", """{"orderId":"1443","onlyIfUnpaid":true}""", sequenceNumber: 1)
        );
        await service.HandleAsync(Event("/crm", "17", Body, sequenceNumber: 2));
        Assert.Equal(
            2,
            service.Queue.Scheduled.Values.Select(static entry => entry.Message.MessageId).Distinct().Count()
        );

        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(Event("/stale-detector", "18", Body));
        await service.HandleAsync(Event("/crm", "18", Body));
        await service.HandleAsync(Event("/crm", "18", Body));
        Assert.Equal(2, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task Another_message_about_the_same_request_has_copies_of_its_own()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Event("/crm", "17", Body, sequenceNumber: 1));
        await service.HandleAsync(Event("/crm", "17", Body, sequenceNumber: 2));
        await service.HandleAsync(Event("/crm", "17", Body, sequenceNumber: 2));
        Assert.Equal(
            2,
            service.Queue.Scheduled.Values.Select(static entry => entry.Message.MessageId).Distinct().Count()
        );
    }

    /// <summary>
    /// What tools copy from a dead letter: everything [paolosalvatori/ServiceBusExplorer#144], everything except the
    /// broker's properties (a message created from a received one), or nothing.
    /// </summary>
    public static TheoryData<string> Tools => ["everything", "all but the broker's own", "the body alone"];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_replayed_dead_letter_restarts_the_schedule(string carriesOver)
    {
        await using var service = await Service.StartAsync(
            ("Queue:RetryJitter", "0"),
            ("Queue:GiveUpAfter", SixDeliveries),
            ("Onramp:MaxRetries", "0")
        );
        service.Provider.Otherwise = Answers.HtmlPage;
        var (dead, settlement) = await SpendAsync(service, Message());
        Assert.Equal("DeliveriesExhausted", settlement.Reason);
        var (_, again) = await SpendAsync(service, PutBack(dead, settlement, carriesOver));
        Assert.Equal(
            (settlement.Kind, settlement.Reason, settlement.Description),
            (again.Kind, again.Reason, again.Description)
        );
        Assert.Equal(2, service.Topic.Events.Count);
        var copies = service.Queue.Scheduled.Values.Select(static entry => entry.Message).ToList();
        Assert.Equal(10, copies.Select(static copy => copy.MessageId).Distinct().Count());
        Assert.All(
            copies,
            static copy =>
                Assert.DoesNotContain(
                    copy.Properties,
                    static property => property.Key.StartsWith("DeadLetter", StringComparison.Ordinal)
                )
        );
        Assert.Equal(
            [2, 3, 4, 5, 6, 2, 3, 4, 5, 6],
            copies.Select(static copy => copy.Property("onrampCancel_delivery"))
        );
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_dead_letter_whose_outcome_was_never_published_has_the_whole_schedule_again(string carriesOver)
    {
        // Refreshes of the secrets that are due meanwhile do not move the clock.
        await using var service = await Service.StartAsync(
            ("Queue:RetryJitter", "0"),
            ("Queue:GiveUpAfter", SixDeliveries),
            ("KeyVault:ReloadCooldown", "00:00:00")
        );
        service.Topic.Refuses = true;
        service.Provider.Otherwise = Answers.Cancelled;
        var (dead, settlement) = await SpendAsync(service, Message());
        Assert.Equal("OutcomeNotPublished", settlement.Reason);
        var start = service.Time.GetUtcNow();
        await SpendAsync(service, PutBack(dead, settlement, carriesOver));
        Assert.Equal(TimeSpan.FromSeconds(2555), service.Time.GetUtcNow() - start);
    }

    [Fact]
    public async Task A_topic_that_refuses_for_ten_minutes_costs_time_and_nothing_else()
    {
        // [Azure/azure-service-bus#454]
        await using var service = await Service.StartAsync();
        service.Topic.Refuses = true;
        service.Provider.Otherwise = (call, time, token) =>
            (call.Operation == "cancelOrder" ? Answers.Cancelled : Answers.Order(-3))(call, time, token);
        var end = service.Time.GetUtcNow() + TimeSpan.FromMinutes(10);
        var queue = new PriorityQueue<InboundMessage, DateTimeOffset>();
        for (var number = 0; number < 100; number++)
        {
            queue.Enqueue(Message(number), service.Time.GetUtcNow() + TimeSpan.FromSeconds(number * 6));
        }

        while (queue.TryDequeue(out var message, out var dueAt))
        {
            service.Time.Advance(dueAt > service.Time.GetUtcNow() ? dueAt - service.Time.GetUtcNow() : TimeSpan.Zero);
            service.Topic.Refuses = service.Time.GetUtcNow() < end;
            var before = service.Queue.Scheduled.Count;
            Assert.Equal(Settlement.Complete, await service.HandleAsync(message));
            foreach (var (copy, due) in service.Queue.Scheduled.Values.Skip(before))
            {
                queue.Enqueue(QueueTests.Deliver(copy) with { SequenceNumber = 1000 + before }, due);
            }
        }

        Assert.Equal(100, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
        Assert.Equal(100, service.Topic.Events.Count);
        Assert.Equal(100, service.Provider.Calls.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_is_held_while_topic_and_queue_refuse_and_then_abandoned_with_its_known_outcome(
        bool hangs
    )
    {
        await using var service = await Service.StartAsync();
        (service.Topic.Refuses, service.Queue.Refuses, service.Topic.Hangs, service.Queue.Hangs) = (
            !hangs,
            !hangs,
            hangs,
            hangs
        );
        service.Provider.OnCancel(Answers.Cancelled);
        var start = service.Time.GetUtcNow();
        var settlement = await service
            .HandleAsync(Message())
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SettlementKind.Abandon, settlement.Kind);
        var delays = service.Time.Delays.Select(static delay => delay.TotalSeconds).ToList();
        Assert.Equal([1, 2, 4, 8], delays.Take(4));
        Assert.All(delays.Skip(4), static delay => Assert.Equal(16, delay));
        Assert.InRange(service.Time.GetUtcNow() - start, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(100));

        (service.Topic.Refuses, service.Queue.Refuses, service.Topic.Hangs, service.Queue.Hangs) = (
            false,
            false,
            false,
            false
        );
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(Message() with { Properties = settlement.Properties! })
        );
        Assert.Equal("cancelled", Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Single(service.Provider.Calls);
    }

    [Fact]
    public async Task Abandoning_a_message_repeatedly_does_not_use_up_its_schedule()
    {
        await using var service = await Service.StartAsync();
        (service.Topic.Refuses, service.Queue.Refuses) = (true, true);
        service.Provider.OnCancel(Answers.Cancelled);
        var message = Message() with { TimeToLive = TimeSpan.FromDays(1) };
        IReadOnlyDictionary<string, object>? history = null;
        for (var times = 0; times < 9; times++)
        {
            var settlement = await service.HandleAsync(message);
            Assert.Equal(SettlementKind.Abandon, settlement.Kind);

            // Every property of the history is read again: one that is only written would change here.
            Assert.Equal(history ??= settlement.Properties, settlement.Properties);
            message = message with { Properties = settlement.Properties! };
        }

        service.Queue.Refuses = false;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(message));
        Assert.Equal(
            (2, 1),
            (
                (int)service.Queue.Scheduled.Single().Value.Message.Property("onrampCancel_delivery")!,
                service.Queue.Scheduled.Single().Value.Message.Property("onrampCancel_publications")
            )
        );
    }

    [Fact]
    public async Task A_message_whose_next_delivery_cannot_be_scheduled_is_held_and_then_abandoned()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Queue.Refuses = true;
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(SettlementKind.Abandon, (await service.HandleAsync(Message())).Kind);
        Assert.Equal(8, service.Time.Delays.Count);
        Assert.Empty(service.Topic.Events);
        Assert.Equal(2, service.Provider.Calls.Count);
    }

    [Fact]
    public async Task A_failure_that_is_not_published_within_the_schedule_is_dead_lettered_as_OutcomeNotPublished()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Queue:RetryJitter", "0"),
            ("Queue:GiveUpAfter", SixDeliveries)
        );
        service.Topic.Refuses = true;
        service.Provider.OnCancel(Answers.Cancelled);
        var start = service.Time.GetUtcNow();
        var (_, settlement) = await SpendAsync(service, Message());
        Assert.Equal((SettlementKind.DeadLetter, "OutcomeNotPublished"), (settlement.Kind, settlement.Reason));
        Assert.Equal(
            "cancelled after 6 deliveries, but its outcome event could not be published",
            settlement.Description
        );
        Assert.Equal(TimeSpan.FromSeconds(2555), service.Time.GetUtcNow() - start);
        Assert.Empty(service.Topic.Events);
    }

    [Fact]
    public async Task A_final_failure_is_published_once_the_topic_recovers()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Queue:RetryDelays:0", "00:00:05"),
            ("Queue:RetryJitter", "0"),
            ("Queue:GiveUpAfter", "00:00:05")
        );
        service.Topic.Refuses = true;
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Message()));
        service.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message))
        );
        service.Topic.Refuses = false;
        var calls = service.Provider.Calls.Count;
        var settlement = await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[2].Message));
        Assert.Equal("DeliveriesExhausted", settlement.Reason);
        Assert.Equal("failed", Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Equal(calls, service.Provider.Calls.Count);
    }

    /// <summary>What a sender with access to the queue could try.</summary>
    public static TheoryData<string> Forgeries =>
        ["no digest", "another's digest", "another order", "another outcome", "not JSON"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Another_sender_cannot_forge_an_outcome(string forgery)
    {
        await using var service = await Service.StartAsync();
        service.Topic.Refuses = true;
        service.Provider.OnCancel(Answers.Cancelled).OnGet(Answers.Order(1, forgery == "another order" ? 1444 : 1443));
        await service.HandleAsync(Message());
        var real = service.Queue.Scheduled[1].Message;
        var properties = real.Properties.ToDictionary();
        var body = real.Body;
        switch (forgery)
        {
            case "no digest":
                properties.Remove("onrampCancel_historyMac");
                break;
            case "another's digest":
                properties["onrampCancel_historyMac"] = new string('0', 64);
                break;
            case "another order":
                body = """{"orderId":"1444"}"""u8.ToArray();
                break;
            case "another outcome":
                properties["onrampCancel_outcome"] = ((string)properties["onrampCancel_outcome"]).Replace(
                    "Cancelled",
                    "NotFound",
                    StringComparison.Ordinal
                );
                break;
            default:
                properties["onrampCancel_outcome"] = "cancelled";
                break;
        }

        service.Topic.Refuses = false;
        service.Provider.OnCancel(Answers.Error(400, "Order is already paid"));
        await service.HandleAsync(QueueTests.Deliver(real) with { Body = body, Properties = properties });
        Assert.Equal("not_cancellable", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    [Fact]
    public async Task A_key_whose_request_failed_can_be_used_again()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"), ("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await DeferAsync(service, Body);
        await SpendAsync(service, QueueTests.Deliver(service.Queue.Sent[0]));
        service.Provider.Otherwise = Answers.Cancelled;
        await DeferAsync(service, Body);
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Sent[1]) with { SequenceNumber = 500 });
        Assert.Equal(["failed", "cancelled"], service.Topic.Events.Select(static sent => sent.Property("outcome")));
    }

    [Fact]
    public async Task One_key_for_two_requests_is_two_messages_while_the_tables_do_not_answer()
    {
        await using var service = await Service.StartAsync();
        service.Rows.Fault = RowFault.Refuse;
        service.Queue.DetectsDuplicates = true;
        await DeferAsync(service, """{"orderId":"1443","onlyIfUnpaid":true}""");
        await DeferAsync(service, """{"orderId":"1443","onlyIfUnpaid":true}""");
        await DeferAsync(service, Body);
        await DeferAsync(service, """{"orderId":"1444"}""");
        Assert.Equal(3, service.Queue.Sent.Count);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("defer")]
    [InlineData("arm")]
    public async Task A_broker_that_accepts_and_never_answers_is_a_503_within_the_total_budget(string request)
    {
        await using var service = await Service.StartAsync();
        (service.Topic.Hangs, service.Queue.Hangs) = (true, true);
        service.Provider.OnCancel(Answers.Cancelled);
        var start = service.Time.GetUtcNow();
        var answering = request switch
        {
            "cancel" => service.PostAsync(Body),
            "defer" => DeferAsync(service, Body),
            _ => service.ArmAsync("""{"after":"PT30M"}"""),
        };
        Assert.Equal(503, (await answering.WaitAsync(Patience, TestContext.Current.CancellationToken)).StatusCode);
        Assert.InRange(service.Time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static InboundMessage PutBack(InboundMessage dead, Settlement settlement, string carriesOver)
    {
        var properties = dead
            .Properties.Concat(settlement.Properties!)
            .GroupBy(static property => property.Key)
            .ToDictionary(static group => group.Key, static group => group.Last().Value);
        if (carriesOver == "everything")
        {
            properties["DeadLetterReason"] = settlement.Reason!;
            properties["DeadLetterErrorDescription"] = settlement.Description!;
        }

        return dead with
        {
            SequenceNumber = 99,
            Properties = carriesOver == "the body alone" ? new Dictionary<string, object>() : properties,
        };
    }

    /// <summary>Delivers a message, and each of its copies when due, until one is not completed.</summary>
    internal static async Task<(InboundMessage Message, Settlement Settlement)> SpendAsync(
        Service service,
        InboundMessage message
    )
    {
        while (true)
        {
            var before = service.Queue.Scheduled.Count;
            var settlement = await service.HandleAsync(message);
            if (settlement != Settlement.Complete || service.Queue.Scheduled.Count == before)
            {
                return (message, settlement);
            }

            var (copy, dueAt) = service.Queue.Scheduled.Values.Last();
            service.Time.Advance(dueAt - service.Time.GetUtcNow());
            message = QueueTests.Deliver(copy) with { SequenceNumber = 1000 + before };
        }
    }

    private static Task<ApiResponse> DeferAsync(Service service, string body) =>
        service.PostAsync(body, static with => with with { IdempotencyKey = "key-1", Prefer = "respond-async" });

    private static InboundMessage Message(long number = 7) =>
        new()
        {
            MessageId = $"message-{number}",
            Body = Encoding.UTF8.GetBytes(Body),
            SequenceNumber = number,
            EnqueuedTime = DateTimeOffset.FromUnixTimeMilliseconds(1700000000000),
        };

    private static InboundMessage Event(string source, string id, string data, long sequenceNumber = 7) =>
        new()
        {
            MessageId = $"message-{sequenceNumber}",
            ContentType = "application/cloudevents+json",
            Body = Encoding.UTF8.GetBytes(
                $$"""{"specversion":"1.0","id":"{{id}}","source":"{{source}}","type":"order.stale","data":{{data}}}"""
            ),
            SequenceNumber = sequenceNumber,
        };
}
