using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// The spans of a request, from its caller through queue and retries to the provider and the outcome event.
/// </summary>
[Collection(nameof(Spans))]
public sealed class SpanTests
{
    private const string Body = """{"orderId":"1443"}""";

    [Fact]
    public async Task A_cancel_by_HTTP_is_a_server_span_with_its_calls_and_its_event_below()
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.HtmlPage).OnGet(Answers.Order(-3));
        var (trace, parent) = Spans.NewTrace();
        await service.PostAsync(Body, request => request with { TraceParent = parent });

        var all = spans.Of(trace);
        Assert.Equal(
            [
                (ActivityKind.Server, "POST /api/orders/cancel"),
                (ActivityKind.Client, "POST /onramp-merchants/widget/cancelOrder"),
                (ActivityKind.Client, "POST /onramp-merchants/widget/getOrder"),
                (ActivityKind.Producer, "send cancel-results"),
            ],
            all.Select(static span => (span.Kind, span.DisplayName))
        );
        Assert.Equal("b7ad6b7169203331", all[0].ParentSpanId.ToString());
        Assert.All(all.Skip(1), call => Assert.Equal(all[0].SpanId, call.ParentSpanId));
        AssertTags(
            all[0],
            "http.request.method=POST",
            "http.route=/api/orders/cancel",
            "http.response.status_code=200",
            "outcome=cancelled",
            "trigger=http",
            "onramp.order=order 1443",
            "onramp.attempts=1",
            "url.path=/api/orders/cancel"
        );
        AssertTags(
            all[1],
            "http.request.method=POST",
            "url.full=https://api.onramp.money/onramp-merchants/widget/cancelOrder",
            "url.template=/onramp-merchants/widget/cancelOrder",
            "server.address=api.onramp.money",
            "server.port=443",
            "http.response.status_code=502",
            "error.type=502",
            "operation=cancelOrder",
            "reply=unclear"
        );
        var sent = Assert.Single(service.Topic.Events);
        AssertTags(
            all[3],
            "messaging.system=servicebus",
            "messaging.destination.name=cancel-results",
            "messaging.operation.type=send",
            $"messaging.message.id={sent.MessageId}",
            $"messaging.message.conversation_id={sent.CorrelationId}"
        );
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Unset, ActivityStatusCode.Unset],
            all.Select(static span => span.Status)
        );

        // The span of the sender is the parent for readers of the event.
        Assert.Equal(all[3].Id, sent.Property("cloudEvents_traceparent"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_trace_goes_through_queue_and_an_hour_of_retries_to_the_event_and_each_delivery_is_linked_to_what_put_it_off(
        bool callerHasTrace
    )
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Queue:GiveUpAfter", "00:30:00")
        );
        service.Provider.Otherwise = Answers.HtmlPage;
        var (trace, parent) = Spans.NewTrace();
        if (callerHasTrace)
        {
            await service.PostAsync(Body, request => request with { Prefer = "respond-async", TraceParent = parent });
        }
        else
        {
            using var ambient = new Activity("the test's own, which is not collected").Start();
            await service.PostAsync(Body, static request => request with { Prefer = "respond-async" });
        }

        var sent = Assert.Single(service.Queue.Sent);
        trace = ActivityContext.Parse((string)sent.Property("cloudEvents_traceparent"), null).TraceId;
        var start = service.Time.GetUtcNow();
        var message = QueueTests.Deliver(sent) with { DeliveryCount = 1 };
        for (var delivery = 1; (await service.HandleAsync(message)).Kind == SettlementKind.Complete; delivery++)
        {
            var (copy, dueAt) = service.Queue.Scheduled[delivery];
            service.Time.Advance(dueAt - service.Time.GetUtcNow());
            message = QueueTests.Deliver(copy) with { DeliveryCount = 1 };
        }

        Assert.InRange(service.Time.GetUtcNow() - start, TimeSpan.FromMinutes(34), TimeSpan.FromMinutes(60));
        var all = spans.Of(trace);
        Assert.Equal(callerHasTrace ? "b7ad6b7169203331" : "0000000000000000", all[0].ParentSpanId.ToString());
        Assert.Equal(
            ["POST /api/orders/cancel", "send cancel-requests"],
            all.Take(2).Select(static span => span.DisplayName)
        );
        var deliveries = all.Where(static span => span.DisplayName == "process cancel-requests").ToList();
        Assert.Equal(
            ["1", "2", "3", "4", "5", "6"],
            deliveries.Select(static span => $"{span.GetTagItem("delivery")}")
        );
        Assert.All(deliveries, static span => Assert.Equal(ActivityKind.Consumer, span.Kind));
        AssertTags(
            deliveries[2],
            "messaging.system=servicebus",
            "messaging.destination.name=cancel-requests",
            "messaging.operation.type=process",
            "messaging.operation.name=process",
            "messaging.servicebus.message.delivery_count=1",
            "outcome=failed",
            "error.type=unavailable",
            "onramp.settlement=complete"
        );

        // All are children of the first sending; every later one is linked to the sending that scheduled it.
        Assert.All(deliveries, span => Assert.Equal(all[1].SpanId, span.ParentSpanId));
        Assert.Empty(deliveries[0].Links);
        foreach (var (earlier, later) in deliveries.Zip(deliveries.Skip(1)))
        {
            var sending = Assert.Single(
                all,
                span => span.DisplayName == "send cancel-requests" && span.ParentSpanId == earlier.SpanId
            );
            Assert.Equal(sending.SpanId, Assert.Single(later.Links).Context.SpanId);
        }

        // Each delivery has called the provider; the last one has published.
        Assert.All(
            deliveries,
            span =>
                Assert.Equal(2, all.Count(call => call.Kind == ActivityKind.Client && call.ParentSpanId == span.SpanId))
        );
        var published = Assert.Single(all, static span => span.DisplayName == "send cancel-results");
        Assert.Equal(deliveries[5].SpanId, published.ParentSpanId);
        Assert.Equal(published.Id, Assert.Single(service.Topic.Events).Property("cloudEvents_traceparent"));
        AssertTags(deliveries[5], "onramp.settlement=dead_letter", "error.type=DeliveriesExhausted");
    }

    [Fact]
    public async Task A_timeout_that_fires_belongs_to_the_trace_that_armed_it()
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(1));
        var (trace, parent) = Spans.NewTrace();
        await service.ArmAsync("""{"after":"PT30M"}""", with: request => request with { TraceParent = parent });
        service.Time.Advance(TimeSpan.FromMinutes(30));
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        Assert.Equal(
            [
                "PUT /api/orders/{order}/timeout",
                "send cancel-requests",
                "process cancel-requests",
                "POST /onramp-merchants/widget/getOrder",
                "send cancel-results",
            ],
            spans.Of(trace).Select(static span => span.DisplayName)
        );
        AssertTags(spans.Of(trace)[2], "trigger=timeout", "outcome=not_cancellable");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/cloudevents+json")]
    public async Task A_message_that_cannot_be_read_is_a_failed_span_of_its_senders_trace(string contentType)
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        var (trace, parent) = Spans.NewTrace();
        await service.HandleAsync("nonsense", contentType, properties: ("Diagnostic-Id", parent));
        AssertTags(
            Assert.Single(spans.Of(trace)),
            "error.type=InvalidMessage",
            "onramp.settlement=dead_letter",
            "messaging.message.id=message-1"
        );
    }

    [Fact]
    public async Task A_message_that_is_given_back_says_so_on_its_span()
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        service.Queue.Refuses = true;
        var (trace, parent) = Spans.NewTrace();
        Assert.Equal(
            SettlementKind.Abandon,
            (await service.HandleAsync(Body, properties: ("Diagnostic-Id", parent))).Kind
        );
        AssertTags(spans.Of(trace)[0], "onramp.settlement=abandon");
    }

    [Fact]
    public async Task A_topic_that_refuses_is_a_failed_span_without_the_words_of_its_exception()
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        service.Topic.Refuses = true;
        var (trace, parent) = Spans.NewTrace();
        await service.PostAsync(Body, request => request with { TraceParent = parent });
        var failed = spans.Of(trace).Single(static span => span.DisplayName == "send cancel-results");
        AssertTags(failed, "error.type=System.IO.IOException");
        Assert.Null(failed.StatusDescription);
        AssertTags(spans.Of(trace)[0], "http.response.status_code=503", "error.type=503", "outcome=cancelled");
    }

    [Theory]
    [InlineData(false, 503)]
    [InlineData(true, 500)]
    public async Task A_request_that_an_exception_ends_is_a_failed_span(bool isOurs, int status)
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        service.Rows.Fault = RowFault.Refuse;
        var (trace, parent) = Spans.NewTrace();
        var context = new ApiRequest
        {
            Method = "GET",
            Body = Stream.Null,
            Order = "1443",
            TraceParent = parent,
        }.ToContext();
        if (isOurs)
        {
            context.Features.Set<IQueryFeature>(new BrokenQuery());
        }

        await service.Get<OrderApi>().AnswerAsync(ApiRoute.OrderOutcomes, context);

        var span = Assert.Single(spans.Of(trace), static span => span.Kind == ActivityKind.Server);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        AssertTags(span, $"http.response.status_code={status}", $"error.type={status}");
    }

    [Fact]
    public async Task A_hash_is_in_no_span()
    {
        using var spans = new Spans();
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var (trace, parent) = Spans.NewTrace();
        await service.PostAsync("""{"hash":"9f86d081884c7d65"}""", request => request with { TraceParent = parent });
        await service.ArmAsync("""{"after":"PT30M"}""", with: request => request with { TraceParent = parent });
        await service.SendAsync(
            ApiRoute.OrderTimeout,
            new ApiRequest
            {
                Method = "DELETE",
                Body = Stream.Null,
                Order = "hash:9f86d081884c7d65",
                TraceParent = parent,
            }
        );
        var told = string.Join(
            ' ',
            spans.Of(trace).SelectMany(static span => span.TagObjects).Select(static tag => tag.Value)
        );
        Assert.Contains("DELETE", told, StringComparison.Ordinal);
        Assert.Contains("order named by hash", told, StringComparison.Ordinal);
        Assert.DoesNotContain("9f86d081884c7d65", told, StringComparison.Ordinal);
    }

    private static void AssertTags(Activity span, params string[] tags) =>
        Assert.Empty(tags.Except(span.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}")));
}
