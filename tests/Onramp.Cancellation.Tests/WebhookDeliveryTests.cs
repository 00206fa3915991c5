using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Other requests of event senders: handshakes, unsubscriptions and repeats.</summary>
public sealed class WebhookDeliveryTests
{
    /// <summary>
    /// The specification's own example asks for 120 a minute [cloudevents/spec, http-webhook.md, section 4.1].
    /// </summary>
    [Theory]
    [InlineData("eventemitter.example.com", "120", "eventemitter.example.com", "120")]
    [InlineData("eventemitter.example.com", null, "eventemitter.example.com", "*")]
    [InlineData("EventEmitter.example.com", "nonsense", "EventEmitter.example.com", "*")]
    [InlineData("eventemitter.example.com", "0", "eventemitter.example.com", "*")]
    [InlineData("eventemitter.example.com", "-1", "eventemitter.example.com", "*")]
    [InlineData("eventemitter.example.com", "1", "eventemitter.example.com", "1")]
    [InlineData("eventgrid.azure.net", "1000", "eventgrid.azure.net", "1000")]
    [InlineData("evil.example.com", "120", null, null)]
    [InlineData("eventemitter.example.com.evil.example", "120", null, null)]
    [InlineData("*", "120", null, null)]
    [InlineData("", "120", null, null)]
    [InlineData(null, null, null, null)]
    public async Task A_sender_that_asks_may_deliver_if_its_origin_is_allowed(
        string? origin,
        string? rate,
        string? allowedOrigin,
        string? allowedRate
    )
    {
        await using var service = await Service.StartAsync(
            ("Callers__AllowedOrigins__0", "eventemitter.example.com"),
            ("Callers__AllowedOrigins__1", "eventgrid.azure.net")
        );
        var answer = await AskAsync(service, origin, rate);
        Assert.Equal((200, "", "POST, OPTIONS"), (answer.Status, answer.Body, answer.Header("Allow")));
        Assert.Equal(
            (allowedOrigin, allowedRate),
            (answer.Header("WebHook-Allowed-Origin"), answer.Header("WebHook-Allowed-Rate"))
        );
    }

    [Theory]
    [InlineData("120", "60")]
    [InlineData("30", "30")]
    [InlineData("0", "60")]
    [InlineData("1", "1")]
    [InlineData(null, "60")]
    public async Task A_sender_may_deliver_as_many_as_one_caller_may_send(string? rate, string allowed)
    {
        await using var service = await Service.StartAsync(
            ("Callers__AllowedOrigins__0", "*"),
            ("Callers__RequestsPerMinute", "60")
        );
        Assert.Equal(allowed, (await AskAsync(service, "any.example.com", rate)).Header("WebHook-Allowed-Rate"));
    }

    [Fact]
    public async Task Only_the_address_that_takes_events_can_be_asked()
    {
        await using var service = await Service.StartAsync(("Callers__AllowedOrigins__0", "*"));
        Assert.Equal(
            405,
            (
                await service.SendAsync(
                    new()
                    {
                        Method = "OPTIONS",
                        Path = "/api/orders/1443/timeout",
                        ContentType = null,
                    }
                )
            ).Status
        );
    }

    [Fact]
    public async Task An_event_that_is_delivered_twice_is_one_event_and_the_same_id_of_another_source_is_another()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(EventCases.Structured);
        await service.SendAsync(EventCases.Of("binary"));
        await service.SendAsync(
            EventCases.Structured with
            {
                Body = Replace(EventCases.Structured.Body, "/shop", "/other"),
            }
        );
        var ids = service.Topic.Events.Select(static sent => sent.MessageId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
        Assert.All(service.Topic.Events, static sent => Assert.Equal("webhook", sent.Property("trigger")));
    }

    [Fact]
    public async Task An_event_by_HTTP_and_the_same_one_by_queue_are_the_same()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(EventCases.Structured);
        await service.HandleAsync(
            Encoding.UTF8.GetString(EventCases.Structured.Body.Span),
            "application/cloudevents+json"
        );
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
    }

    [Fact]
    public async Task An_event_that_is_done_later_is_still_that_event()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(EventCases.Structured);
        Assert.Equal(
            202,
            (await service.SendAsync(EventCases.Structured with { Headers = [("Prefer", "respond-async")] })).Status
        );
        await service.HandleAsync(QueueTests.Deliver(Assert.Single(service.Queue.Sent)));
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
    }

    [Fact]
    public async Task The_trace_of_an_event_goes_before_that_of_its_request()
    {
        const string own = "00-11111111111111111111111111111111-1111111111111111-01";
        const string other = "00-22222222222222222222222222222222-2222222222222222-01";
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(
            EventCases.Structured with
            {
                Body = Replace(EventCases.Structured.Body, "\"type\"", $"\"traceparent\":\"{own}\",\"type\""),
                Headers = [("traceparent", other)],
            }
        );
        Assert.StartsWith(
            own[..36],
            (string)Assert.Single(service.Topic.Events).Property("cloudEvents_traceparent"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_signed_webhook_without_an_event_is_a_delivery_too_and_its_id_the_requests()
    {
        await using var service = Service.Create(SigningShop.Settings());
        service.Vault.Versions["webhook-shop"] = [new(SigningShop.Secret, 1)];
        await service.StartAsync();
        service.Provider.LeadTo(OutcomeKind.NotCancellable);
        var answer = await service.SendAsync(SigningShop.Request(service));
        Assert.Equal(
            (200, "not_cancellable", "msg-1", "The order is paid."),
            (answer.Status, answer.Text("outcome"), answer.Text("requestId"), answer.Text("detail"))
        );
    }

    [Theory]
    [InlineData(
        """{"specversion":"1.0","id":"e","data":{"orderId":"1443"}}""",
        "missing required attributes: source, type"
    )]
    [InlineData(
        """{"specversion":"1.0","id":"e","id":"e","source":"/s","type":"t","data":{"orderId":"1443"}}""",
        "CloudEvent 1.0"
    )]
    [InlineData("""{"specversion":"1.0","id":"e","source":"/s","type":"t","data":{"orderId":"1443"}""", "line 1, byte")]
    public async Task An_invalid_event_gets_an_error_message_for_its_sender(string body, string words)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(EventCases.Structured with { Body = Encoding.UTF8.GetBytes(body) });
        Assert.Equal((400, "invalid-event"), (answer.Status, answer.Problem));
        Assert.Contains(words, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_a_problem_can_be_read_in_a_terminal()
    {
        await using var service = Service.Create(SigningShop.Settings());
        service.Vault.Versions["webhook-shop"] = [new(SigningShop.Secret, 1)];
        await service.StartAsync();
        var answer = await service.SendAsync(SigningShop.Request(service) with { Body = "{}"u8.ToArray() });
        Assert.Contains(
            "The signature does not match any caller's secret. Sign webhook-id.webhook-timestamp.body,",
            answer.Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Event_Grid_learns_which_schema_to_choose_and_its_unsubscription_is_not_a_request()
    {
        await using var service = await Service.StartAsync();
        var validation = await service.SendAsync(
            EventCases.Structured with
            {
                Headers = [("aeg-event-type", "SubscriptionValidation")],
            }
        );
        Assert.Equal((400, "invalid-event"), (validation.Status, validation.Problem));
        Assert.Contains("CloudEvents 1.0", validation.Text("detail"), StringComparison.Ordinal);
        var own = await service.SendAsync(
            EventCases.Structured with
            {
                Headers = [("aeg-event-type", "Notification")],
                ContentType = "application/json",
                Body =
                    """[{"id":"1","eventType":"cancel","subject":"1443","eventTime":"2030-01-31T12:00:00Z","data":{"orderId":"1443"},"dataVersion":"1"}]"""u8.ToArray(),
            }
        );
        Assert.Equal((400, "invalid-event", validation.Text("detail")), (own.Status, own.Problem, own.Text("detail")));
        Assert.Equal(
            200,
            (
                await service.SendAsync(
                    EventCases.Structured with
                    {
                        Headers = [("aeg-event-type", "SubscriptionDeletion")],
                    }
                )
            ).Status
        );
        Assert.Empty(service.Provider.Calls);
    }

    private static Task<ContractAnswer> AskAsync(Service service, string? origin, string? rate)
    {
        (string Name, string? Value)[] headers = [("WebHook-Request-Origin", origin), ("WebHook-Request-Rate", rate)];
        return service.SendAsync(
            new()
            {
                Method = "OPTIONS",
                ContentType = null,
                Headers =
                [
                    .. headers
                        .Where(static header => header.Value is not null)
                        .Select(static header => (header.Name, header.Value!)),
                ],
            }
        );
    }

    private static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, string old, string by) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Replace(old, by, StringComparison.Ordinal));
}
