using System.Text;
using System.Text.Json;

namespace Onramp.Cancellation.Tests;

/// <summary>The HTTP endpoints as a caller sees them.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task A_cancelled_order_is_a_200_with_what_was_done()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var response = await service.PostAsync("""{"orderId":1443}""", with => with with { IdempotencyKey = "key-1" });
        Assert.Equal((200, "application/json"), (response.StatusCode, response.ContentType));
        Assert.Equal(
            """{"requestId":"key-1","orderId":"1443","outcome":"cancelled","orderStatus":-3,"attempts":1,"completedAt":"2023-11-14T22:13:20+00:00"}""",
            Encoding.UTF8.GetString(response.Body.Span)
        );
    }

    [Theory]
    [MemberData(nameof(OutcomeCases.Kinds), MemberType = typeof(OutcomeCases))]
    public async Task No_outcome_is_returned_before_it_is_published(OutcomeKind kind)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.LeadTo(kind);
        service.Topic.Refuses = true;
        var response = await service.PostAsync("""{"orderId":"1443"}""");
        var problem = Service.Json(response.Body);
        Assert.Equal(
            (503, "urn:onramp-cancel:problem:outcome-not-published"),
            (response.StatusCode, problem.GetProperty("type").GetString())
        );
        Assert.Equal(
            (OutcomeCases.Of(kind).Outcome, true),
            (problem.GetProperty("outcome").GetString(), problem.GetProperty("retryable").GetBoolean())
        );
        Assert.Contains(response.Headers, header => header.Key == "Retry-After");
    }

    [Fact]
    public async Task An_oversized_Content_Length_is_rejected_before_the_body_is_read()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(413, (await service.PostAsync("{}", with => with with { ContentLength = 5000 })).StatusCode);
    }

    [Fact]
    public async Task An_unpublished_outcome_is_a_retryable_503()
    {
        await using var service = await Service.StartAsync();
        service.Topic.Refuses = true;
        service.Provider.OnCancel(Answers.Cancelled, Answers.Error(400, "Already cancelled")).OnGet(Answers.Order(-3));
        var refused = await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = "key-1" });
        var problem = Service.Json(refused.Body);
        Assert.Equal(
            (503, "urn:onramp-cancel:problem:outcome-not-published", "cancelled", true),
            (
                refused.StatusCode,
                problem.GetProperty("type").GetString(),
                problem.GetProperty("outcome").GetString(),
                problem.GetProperty("retryable").GetBoolean()
            )
        );

        service.Topic.Refuses = false;
        Assert.Equal(
            200,
            (
                await service.PostAsync("""{"orderId":"1443"}""", with => with with { IdempotencyKey = "key-1" })
            ).StatusCode
        );
        Assert.Single(service.Topic.Events);
    }

    [Fact]
    public async Task Respond_async_puts_the_request_on_the_queue_and_the_message_does_what_the_call_would_have_done()
    {
        await using var service = await Service.StartAsync();
        var key = new string('k', 255);
        var response = await service.PostAsync(
            """{"hash":"abc","reason":"late","onlyIfUnpaid":true}""",
            with => with with { IdempotencyKey = key, Prefer = "wait=5, Respond-Async; x=y" }
        );
        Assert.Equal(
            (202, key),
            (response.StatusCode, Service.Json(response.Body).GetProperty("requestId").GetString())
        );
        Assert.Empty(service.Provider.Calls);

        var message = Assert.Single(service.Queue.Sent);
        Assert.InRange(message.MessageId.Length, 1, OutboundMessage.MaxMessageIdLength);
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(message)));
        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal(
            (key, "abc", "late"),
            (
                data.GetProperty("requestId").GetString(),
                data.GetProperty("hash").GetString(),
                data.GetProperty("reason").GetString()
            )
        );
    }

    [Fact]
    public async Task Respond_async_without_a_queue_says_that_it_is_not_confirmed()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Refuses = true;
        var response = await service.PostAsync(
            """{"orderId":"1443"}""",
            with => with with { Prefer = "respond-async" }
        );
        Assert.Equal(
            (503, "urn:onramp-cancel:problem:queue-unavailable"),
            (response.StatusCode, Service.Json(response.Body).GetProperty("type").GetString())
        );
    }

    [Fact]
    public async Task Without_a_key_every_request_gets_a_UUIDv7_of_its_own()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var ids = new HashSet<string>();
        for (var request = 0; request < 100; request++)
        {
            Assert.True(
                ids.Add(
                    Service
                        .Json((await service.PostAsync("""{"orderId":"1443"}""")).Body)
                        .GetProperty("requestId")
                        .GetString()!
                )
            );
        }

        // RFC 9562, section 5.7: 48 bits of time, here 1,700,000,000,000 ms, then the version, then the variant.
        Assert.All(ids, static id => Assert.Matches("^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
    }

    [Fact]
    public async Task Health_is_503_before_the_credentials_are_loaded_and_200_after()
    {
        await using var unstarted = Service.Create();
        await using var started = await Service.StartAsync();
        var get = new ApiRequest { Method = "GET", Body = Stream.Null };
        Assert.Equal(503, (await unstarted.SendAsync(ApiRoute.Health, get)).StatusCode);
        Assert.Equal(200, (await started.SendAsync(ApiRoute.Health, get)).StatusCode);
        Assert.Equal(405, (await started.SendAsync(ApiRoute.Health, get with { Method = "POST" })).StatusCode);
    }

    [Fact]
    public void Reflection_based_JSON_is_switched_off() => Assert.False(JsonSerializer.IsReflectionEnabledByDefault);
}
