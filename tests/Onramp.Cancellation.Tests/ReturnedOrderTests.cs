namespace Onramp.Cancellation.Tests;

/// <summary>
/// The order id that Onramp returns is part of the outcome. An answer with another order id is not evidence.
/// </summary>
public sealed class ReturnedOrderTests
{
    private const string ByHash = """{"hash":"9f86d081884c7d65"}""";

    /// <summary>
    /// The answers of cancelOrder and getOrder for a hash, and the order id for caller and subscribers.
    /// </summary>
    public static TheoryData<string, string?, int, string, string?> ByHashCases =>
        new()
        {
            { """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""", null, 200, "cancelled", "1443" },
            { """{"status":1,"data":{"orderId":1443.0,"status":-3},"code":200}""", null, 200, "cancelled", "1443" },
            {
                """{"status":1,"data":{"orderId":9999999999999999999,"status":-3},"code":200}""",
                null,
                200,
                "cancelled",
                "9999999999999999999"
            },
            { """{"status":1,"data":{"status":-3},"code":200}""", null, 200, "cancelled", null },
            { """{"status":1,"data":{"orderId":"abc","status":-3},"code":200}""", null, 200, "cancelled", null },
            {
                """{"status":0,"error":"?"}""",
                """{"status":1,"data":{"orderId":1443,"status":-3}}""",
                200,
                "cancelled",
                "1443"
            },
            {
                """{"status":0,"error":"?"}""",
                """{"status":1,"data":{"orderId":1443,"status":2}}""",
                409,
                "not_cancellable",
                "1443"
            },
            {
                """{"status":0,"error":"Order cannot be cancelled"}""",
                """{"status":1,"data":{"orderId":1443,"status":0}}""",
                422,
                "rejected",
                "1443"
            },
            {
                """{"status":0,"error":"?"}""",
                """{"status":1,"data":{"orderId":1443,"status":0}}""",
                503,
                "failed",
                "1443"
            },
            {
                """{"status":1,"data":{"orderId":"1443","status":0}}""",
                """{"status":0,"error":"?"}""",
                503,
                "failed",
                "1443"
            },
            {
                """{"status":0,"error":"Order not found"}""",
                """{"status":0,"error":"Order not found"}""",
                404,
                "not_found",
                null
            },
        };

    /// <summary>The answers of cancelOrder and getOrder for order 1443, and the outcome.</summary>
    public static TheoryData<string, string?, OutcomeKind> ByIdCases =>
        new()
        {
            {
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                """{"status":1,"data":{"orderId":1443,"status":-3}}""",
                OutcomeKind.Cancelled
            },
            {
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                """{"status":1,"data":{"orderId":1443,"status":1}}""",
                OutcomeKind.NotCancellable
            },
            {
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                """{"status":1,"data":{"orderId":1443,"status":0}}""",
                OutcomeKind.Unavailable
            },
            {
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                """{"status":1,"data":{"orderId":9999,"status":-3}}""",
                OutcomeKind.Unavailable
            },
            {
                """{"status":1,"data":{"orderId":"9999","status":-3}}""",
                """{"status":1,"data":{"orderId":9999,"status":2}}""",
                OutcomeKind.Unavailable
            },
            {
                """{"status":1,"data":{"orderId":"1443a","status":-3}}""",
                """{"status":1,"data":{"orderId":1443,"status":1}}""",
                OutcomeKind.NotCancellable
            },
            { """{"status":1,"data":{"orderId":1.443e3,"status":-3}}""", null, OutcomeKind.Cancelled },
            { """{"status":1,"data":{"status":-3}}""", null, OutcomeKind.Cancelled },
        };

    [Theory]
    [MemberData(nameof(ByHashCases))]
    public async Task A_cancel_by_hash_returns_and_publishes_the_order_id(
        string cancel,
        string? read,
        int status,
        string outcome,
        string? orderId
    )
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        Script(service, cancel, read);
        var documents = await Service.DocumentsAsync();
        ContractRequest request = new() { Body = System.Text.Encoding.UTF8.GetBytes(ByHash) };
        var answer = await service.SendAsync(request);
        documents.AssertDescribes(request, answer);
        Assert.Equal((status, outcome, orderId), (answer.Status, answer.Text("outcome"), answer.Text("orderId")));

        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal(outcome, documents.OutcomeOf(data.GetRawText()));
        Assert.Equal("9f86d081884c7d65", data.GetProperty("hash").GetString());
        Assert.Equal(orderId, data.TryGetProperty("orderId", out var id) ? id.GetString() : null);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [MemberData(nameof(ByIdCases))]
    public async Task An_answer_about_another_order_proves_nothing(string cancel, string? read, OutcomeKind expected)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        Script(service, cancel, read);
        Assert.Equal(expected, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("1443", OutcomeKind.Cancelled)]
    [InlineData("9999", OutcomeKind.Unavailable)]
    public async Task Two_orders_of_one_hash_are_settled_by_reading_it_again(string readAgain, OutcomeKind expected)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnGet(Answers.Order(0), Answers.Order(-3, long.Parse(readAgain, null)))
            .OnCancel(Answers.Json(200, """{"status":1,"data":{"orderId":"9999","status":-3}}"""));
        await service.HandleAsync("""{"hash":"9f86d081884c7d65","onlyIfUnpaid":true}""");
        Assert.Equal(expected == OutcomeKind.Cancelled ? 1 : 0, service.Topic.Events.Count);
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task An_outcome_that_waits_for_the_topic_keeps_its_order()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        service.Topic.Refuses = true;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(ByHash));
        service.Topic.Refuses = false;
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(QueueTests.Deliver(Assert.Single(service.Queue.Scheduled).Value.Message))
        );
        Assert.Equal("1443", Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("orderId").GetString());
        service.Provider.AssertScriptPlayed();
    }

    private static void Script(Service service, string cancel, string? read)
    {
        service.Provider.OnCancel(Answers.Json(200, cancel));
        if (read is not null)
        {
            service.Provider.OnGet(Answers.Json(200, read));
        }
    }
}
