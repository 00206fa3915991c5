using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// A signature is valid for one request. A reader of a signed request can only repeat it, but cannot send it as another
/// request or to another address.
/// </summary>
public sealed class SignedRequestTests
{
    private const string Path = "/api/orders/1443/timeout";
    private const string Timeout = """{"after":"PT30M"}""";

    [Theory]
    [InlineData("Idempotency-Key", "another", 400)]
    [InlineData("Idempotency-Key", "\"another\"", 400)]
    [InlineData("Idempotency-Key", "msg-1", 200)]
    [InlineData("Idempotency-Key", "\"msg-1\"", 200)]
    [InlineData("ce-id", "another", 400)]
    [InlineData("ce-id", "msg-1", 200)]
    public async Task A_header_beside_the_signature_does_not_make_it_another_request(
        string name,
        string value,
        int status
    )
    {
        await using var service = await StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var captured = SigningShop.Request(service);
        Assert.Equal(200, (await service.SendAsync(captured)).Status);

        var more =
            name == "ce-id"
                ? [("ce-specversion", "1.0"), ("ce-source", "/elsewhere"), ("ce-type", "order.stale"), (name, value)]
                : new[] { (name, value) };
        Assert.Equal(
            status,
            (await service.SendAsync(captured with { Headers = [.. captured.Headers, .. more] })).Status
        );
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
        Assert.All(service.Topic.Events, static sent => Assert.Equal("msg-1", sent.CorrelationId));
    }

    [Fact]
    public async Task The_webhook_id_is_the_id_of_a_signed_event_too()
    {
        await using var service = await StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        const string json =
            """{"specversion":"1.0","id":"event-1","source":"/shop","type":"t","data":{"orderId":"1443"}}""";
        var request = SigningShop.Request(service, json) with { ContentType = "application/cloudevents+json" };
        Assert.Equal(200, (await service.SendAsync(request)).Status);
        Assert.Equal("msg-1", Assert.Single(service.Topic.Events).CorrelationId);
    }

    [Theory]
    [InlineData("PUT", "/api/orders/1443/timeout", Timeout)]
    [InlineData("GET", "/api/orders/1443/timeout", "")]
    [InlineData("DELETE", "/api/orders/1443/timeout", "")]
    [InlineData("GET", "/api/orders/1443/outcomes", "")]
    [InlineData("GET", "/api/requests/1", "")]
    public async Task A_signature_without_method_and_path_is_refused_everywhere_else(
        string method,
        string path,
        string body
    )
    {
        await using var service = await StartAsync();
        var request = SigningShop.Request(service, body) with
        {
            Method = method,
            Path = path,
            ContentType = body.Length == 0 ? null : "application/json",
        };
        var answer = await service.SendAsync(request);
        Assert.Equal(401, answer.Status);
        Assert.Contains("METHOD PATH", answer.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT /api/orders/1443/timeout", true)]
    [InlineData("DELETE /api/orders/1443/timeout", false)]
    [InlineData("put /api/orders/1443/timeout", false)]
    [InlineData("PUT /api/orders/1444/timeout", false)]
    [InlineData("PUT /api/orders/1443/timeout?x=1", false)]
    [InlineData("POST /api/orders/cancel", false)]
    [InlineData("PUT /orders/1443/timeout", false)]
    [InlineData("", false)]
    public async Task Arming_signs_method_and_path(string target, bool isValid)
    {
        await using var service = await StartAsync();
        var answer = await service.SendAsync(Signed(service, target, Timeout) with { Method = "PUT", Path = Path });
        Assert.Equal(isValid ? 201 : 401, answer.Status);
    }

    [Fact]
    public async Task A_captured_change_of_a_timeout_changes_nothing_when_it_is_sent_again()
    {
        await using var service = await StartAsync();
        var arm = Signed(service, $"PUT {Path}", Timeout, "arm") with { Method = "PUT", Path = Path };
        var disarm = Signed(service, $"DELETE {Path}", "", "disarm") with
        {
            Method = "DELETE",
            Path = Path,
            ContentType = null,
        };
        Assert.Equal(201, (await service.SendAsync(arm)).Status);
        Assert.Equal(204, (await service.SendAsync(disarm)).Status);
        var repeated = await service.SendAsync(arm);
        Assert.Equal((200, "disarmed"), (repeated.Status, repeated.Text("state")));
        Assert.Equal(
            201,
            (
                await service.SendAsync(
                    Signed(service, $"PUT {Path}", Timeout, "again") with
                    {
                        Method = "PUT",
                        Path = Path,
                    }
                )
            ).Status
        );
        Assert.Equal(204, (await service.SendAsync(disarm)).Status);
        Assert.Single(service.Queue.Scheduled);
    }

    [Fact]
    public async Task One_id_for_arming_and_disarming_is_two_changes()
    {
        await using var service = await StartAsync();
        var arm = Signed(service, $"PUT {Path}", Timeout) with { Method = "PUT", Path = Path };
        var disarm = Signed(service, $"DELETE {Path}", "") with { Method = "DELETE", Path = Path, ContentType = null };
        Assert.Equal(201, (await service.SendAsync(arm)).Status);
        Assert.Equal(204, (await service.SendAsync(disarm)).Status);
        Assert.Empty(service.Queue.Scheduled);
    }

    /// <summary>
    /// The library of the specification's authors signs the bytes, with the target in front of the body.
    /// </summary>
    private static ContractRequest Signed(Service service, string target, string body, string id = "msg-1") =>
        SigningShop.Request(service, target.Length == 0 ? body : $"{target}.{body}", id) with
        {
            Body = Encoding.UTF8.GetBytes(body),
        };

    private static async Task<Service> StartAsync()
    {
        var service = Service.Create(SigningShop.Settings());
        service.Vault.Secrets["webhook-shop"] = SigningShop.Secret;
        await service.StartAsync();
        return service;
    }
}
