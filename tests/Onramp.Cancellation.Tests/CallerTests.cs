using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Callers have names, and their data is separate.</summary>
public sealed class CallerTests
{
    private const string Body = SigningShop.Body;
    private const string TimeoutPath = "/api/orders/1443/timeout";
    private const string Timeout = """{"after":"PT30M"}""";

    [Fact]
    public async Task A_signed_callers_name_is_in_the_event_and_in_the_log()
    {
        await using var service = await StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(SigningShop.Request(service));
        Assert.Equal("shop", Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("caller").GetString());
        Assert.Contains(
            service.Log.Lines,
            static line => line.Id == 301 && line.Text.Contains("caller shop", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("true", "8b0c3a4e-0000-0000-0000-000000000001", "8b0c3a4e-0000-0000-0000-000000000001")]
    [InlineData("true", null, null)]
    [InlineData("false", "8b0c3a4e-0000-0000-0000-000000000001", null)]
    public async Task A_principal_header_is_trusted_only_if_the_platform_sets_it(
        string trust,
        string? principal,
        string? expected
    )
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", trust));
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(As(principal, Body));
        Assert.Equal(
            expected,
            Service.Json(Assert.Single(service.Topic.Events).Body).TryGetProperty("caller", out var caller)
                ? caller.GetString()
                : null
        );
    }

    [Fact]
    public async Task A_callers_name_survives_deferral_and_retries()
    {
        await using var service = await StartAsync();
        service.Provider.LeadTo(OutcomeKind.Unavailable);
        var signed = SigningShop.Request(service);
        await service.SendAsync(signed with { Headers = [.. signed.Headers, ("Prefer", "respond-async")] });
        await service.HandleAsync(QueueTests.Deliver(Assert.Single(service.Queue.Sent)));
        service.Provider.LeadTo(OutcomeKind.Cancelled);
        await service.HandleAsync(QueueTests.Deliver(Assert.Single(service.Queue.Scheduled).Value.Message));
        Assert.Equal("shop", Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("caller").GetString());
    }

    [Fact]
    public async Task One_key_of_two_callers_is_two_requests()
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        service.Provider.Otherwise = Answers.Cancelled;
        foreach (var caller in (string?[])["one", "two", null, "one"])
        {
            await service.SendAsync(
                As(caller, Body) is var request
                    ? request with
                    {
                        Headers = [.. request.Headers, ("Idempotency-Key", "key-1")],
                    }
                    : request
            );
        }

        Assert.Equal(3, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
    }

    [Theory]
    [InlineData("one", 204)]
    [InlineData("two", 404)]
    [InlineData(null, 404)]
    public async Task A_timeout_is_disarmed_by_the_caller_who_armed_it(string? caller, int status)
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        await service.SendAsync(As("one", Timeout) with { Method = "PUT", Path = TimeoutPath });
        var disarmed = await service.SendAsync(
            As(caller, "") with
            {
                Method = "DELETE",
                Path = TimeoutPath,
                ContentType = null,
            }
        );
        Assert.Equal(status, disarmed.Status);
        Assert.Equal(status == 204 ? 0 : 1, service.Queue.Scheduled.Count);
    }

    [Fact]
    public async Task Two_callers_do_not_see_each_others_timeout_on_an_order()
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        foreach (var caller in (string?[])["one", "two", null])
        {
            var armed = As(caller, Timeout) with { Method = "PUT", Path = TimeoutPath };
            Assert.Equal(201, (await service.SendAsync(armed)).Status);
        }

        Assert.Equal(3, service.Queue.Scheduled.Count);
        var shown = As("three", "") with { Method = "GET", Path = TimeoutPath, ContentType = null };
        Assert.Equal(404, (await service.SendAsync(shown)).Status);
    }

    [Fact]
    public async Task A_caller_over_the_limit_learns_when_to_retry_and_other_callers_are_not_affected()
    {
        await using var service = await Service.StartAsync(
            ("Callers__TrustPrincipal", "true"),
            ("Callers__RequestsPerMinute", "2")
        );
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(200, (await service.SendAsync(As("one", Body))).Status);
        Assert.Equal(200, (await service.SendAsync(As("one", Body))).Status);
        var refused = await service.SendAsync(As("one", Body));
        Assert.Equal((429, "too-many-requests"), (refused.Status, refused.Problem));
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, null), 1, 60);
        Assert.Equal(200, (await service.SendAsync(As("two", Body))).Status);
        Assert.Equal(200, (await service.SendAsync(As(null, Body))).Status);
        Assert.Equal(
            200,
            (
                await service.SendAsync(
                    new()
                    {
                        Method = "GET",
                        Path = "/api/health",
                        ContentType = null,
                    }
                )
            ).Status
        );
        Assert.Equal(4, service.Provider.Calls.Count);
    }

    private static ContractRequest As(string? principal, string body) =>
        new()
        {
            Body = Encoding.UTF8.GetBytes(body),
            Headers = principal is null ? [] : [("X-MS-CLIENT-PRINCIPAL-ID", principal)],
        };

    private static async Task<Service> StartAsync()
    {
        var service = Service.Create(SigningShop.Settings());
        service.Vault.Versions["webhook-shop"] = [new(SigningShop.Secret, 1)];
        await service.StartAsync();
        return service;
    }
}
