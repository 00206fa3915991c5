using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>The Service Bus function through its public method.</summary>
public sealed class QueueTriggerTests
{
    [Fact]
    public async Task A_failed_cancel_is_scheduled_again_with_everything_the_message_had_and_completed()
    {
        await using var app = await App.StartAsync(("Queue:RetryJitter", "0"));
        app.Provider.LeadTo(OutcomeKind.Unavailable);
        Assert.Equal(
            ["complete"],
            await app.RunAsync(
                App.Message(
                    properties: new()
                    {
                        ["tenant"] = "a",
                        ["Diagnostic-Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    }
                )
            )
        );
        var (copy, dueAt) = Assert.Single(app.Bus.Scheduled).Value;
        Assert.Equal(app.Time.GetUtcNow() + TimeSpan.FromSeconds(5), dueAt);
        Assert.Equal(
            ("""{"orderId":"1443"}""", "application/json", "correlation-1"),
            (copy.Body.ToString(), copy.ContentType, copy.CorrelationId)
        );
        Assert.Equal(
            ("a", 2, "message-1"),
            (
                copy.ApplicationProperties["tenant"],
                copy.ApplicationProperties["onrampCancel_delivery"],
                copy.ApplicationProperties["onrampCancel_requestId"]
            )
        );
        Assert.NotEqual("message-1", copy.MessageId);
        Assert.False(app.Bus.Sent.ContainsKey("cancel-results"));
    }

    [Fact]
    public async Task The_last_failure_is_published_and_dead_lettered_with_its_reason()
    {
        await using var app = await App.StartAsync(("Queue:GiveUpAfter", "00:00:00"));
        app.Provider.LeadTo(OutcomeKind.Unavailable);
        var settled = Assert.Single(await app.RunAsync(App.Message()));
        Assert.StartsWith(
            "dead-letter DeliveriesExhausted: unavailable after 1 delivery",
            settled,
            StringComparison.Ordinal
        );
        Assert.Equal("failed", Assert.Single(app.Bus.Sent["cancel-results"]).ApplicationProperties["outcome"]);
    }

    [Fact]
    public async Task A_topic_that_refuses_makes_the_message_come_back_later()
    {
        await using var app = await App.StartAsync();
        app.Bus.Faults["cancel-results"] = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        Assert.Equal(["complete"], await app.RunAsync(App.Message()));
        Assert.Contains(
            "onrampCancel_outcome",
            Assert.Single(app.Bus.Scheduled).Value.Message.ApplicationProperties.Keys
        );
    }

    [Fact]
    public async Task A_message_is_abandoned_with_its_outcome_when_topic_and_queue_refuse()
    {
        await using var app = await App.StartAsync();
        app.Bus.Faults["cancel-results"] = app.Bus.Faults["cancel-requests"] = new ServiceBusException(
            "Busy",
            ServiceBusFailureReason.ServiceBusy
        );
        var settled = Assert.Single(await app.RunAsync(App.Message()));
        Assert.StartsWith("abandon with ", settled, StringComparison.Ordinal);
        Assert.All(
            ["onrampCancel_outcome", "onrampCancel_identityMac", "onrampCancel_historyMac"],
            name => Assert.Contains(name, settled, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_retry_that_cannot_be_scheduled_gives_the_message_back()
    {
        await using var app = await App.StartAsync();
        app.Provider.LeadTo(OutcomeKind.Unavailable);
        app.Bus.Faults["cancel-requests"] = new ServiceBusException("Full", ServiceBusFailureReason.QuotaExceeded);
        Assert.Equal(["abandon"], await app.RunAsync(App.Message()));
    }

    [Fact]
    public async Task A_fault_in_the_core_gives_the_message_back()
    {
        await using var app = await App.StartAsync();
        app.Provider.Otherwise = static (_, _, _) => throw new InvalidOperationException();
        Assert.Equal(["abandon"], await app.RunAsync(App.Message()));
    }

    /// <summary>
    /// The Functions host cancels the token of every invocation as soon as it is asked to stop. Work in progress would
    /// be abandoned and repeated.
    /// </summary>
    [Fact]
    public void Cannot_be_cancelled_by_the_functions_host() =>
        Assert.DoesNotContain(
            typeof(OrderMessages).GetMethod(nameof(OrderMessages.RunAsync))!.GetParameters(),
            static parameter => parameter.ParameterType == typeof(CancellationToken)
        );

    /// <summary>
    /// An abandoned message would be redelivered immediately, ten times in a moment, and then dead-lettered.
    /// </summary>
    [Fact]
    public async Task A_stopping_process_leaves_new_messages_alone()
    {
        await using var app = await App.StartAsync();
        await app.Work.CloseAsync(GracefulShutdown.Patience, TestContext.Current.CancellationToken);
        Assert.Empty(await app.RunAsync(App.Message()));
        Assert.Empty(app.Provider.Calls);
    }

    [Fact]
    public async Task A_stopping_process_abandons_in_flight_work_after_its_limit()
    {
        await using var app = await App.StartAsync();
        app.Provider.OnCancel(
            Answers.During(
                () =>
                {
                    var closing = app.Work.CloseAsync(GracefulShutdown.Patience, TestContext.Current.CancellationToken);
                    app.Time.Advance(GracefulShutdown.Patience);
                    closing.GetAwaiter().GetResult();
                },
                Answers.Cancelled
            )
        );
        Assert.Equal(["abandon"], await app.RunAsync(App.Message()));
        Assert.Empty(app.Bus.Sent);
    }

    [Fact]
    public async Task A_lock_lost_while_settling_does_not_fail_the_function()
    {
        await using var app = await App.StartAsync();
        var actions = new FakeActions
        {
            Fault = new ServiceBusException("Lost", ServiceBusFailureReason.MessageLockLost),
        };
        Assert.Equal(["complete"], await app.RunAsync(App.Message(), actions));
    }

    [Fact]
    public async Task A_message_delivered_twice_gives_one_and_the_same_event()
    {
        await using var app = await App.StartAsync();
        await app.RunAsync(App.Message());
        app.Provider.OnCancel(Answers.Error(400, "Already cancelled")).OnGet(Answers.Order(-3));
        Assert.Equal(["complete"], await app.RunAsync(App.Message()));
        Assert.Single(app.Bus.Sent["cancel-results"].Select(sent => sent.MessageId).Distinct());
    }

    [Fact]
    public async Task Nothing_of_an_event_is_lost_on_its_way_to_the_topic()
    {
        await using var app = await App.StartAsync();
        await app.RunAsync(App.Message());
        var sent = Assert.Single(app.Bus.Sent["cancel-results"]);
        Assert.Equal(
            ("application/json", "message-1", sent.MessageId),
            (sent.ContentType, sent.CorrelationId, sent.ApplicationProperties["cloudEvents_id"])
        );
        Assert.Equal(
            [
                "cloudEvents_id",
                "cloudEvents_source",
                "cloudEvents_specversion",
                "cloudEvents_subject",
                "cloudEvents_time",
                "cloudEvents_type",
                "onrampCancel_fingerprint",
                "onrampCancel_outcomeMac",
                "onrampCancel_record",
                "outcome",
                "trigger",
            ],
            sent.ApplicationProperties.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            """{"requestId":"message-1","orderId":"1443","outcome":"cancelled","orderStatus":-3,"attempts":1,"trigger":"queue","requestedAt":"2023-11-14T22:13:20+00:00","completedAt":"2023-11-14T22:13:20+00:00"}""",
            sent.Body.ToString()
        );
    }
}
