namespace Onramp.Cancellation.Tests;

/// <summary>Stale-order timeouts: armed, disarmed, fired.</summary>
public sealed class TimeoutTests
{
    [Theory]
    [InlineData("""{"orderId":"1443","after":"PT30M"}""", "2023-11-14T22:43:20")]
    [InlineData("""{"orderId":"1443","after":"P1DT2H"}""", "2023-11-16T00:13:20")]
    [InlineData("""{"orderId":"1443","at":"2023-11-14T23:30:00.5+01:00"}""", "2023-11-14T22:30:00.5")]
    public async Task Arming_schedules_a_cancel_of_an_unpaid_order(string body, string due)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync(body);
        var armed = Service.Json(response.Body);
        Assert.Equal(201, response.StatusCode);
        Assert.Matches("^1\\.[0-9a-f]{32}$", armed.GetProperty("timeoutId").GetString());
        Assert.Equal(DateTimeOffset.Parse(due + "Z", null), armed.GetProperty("dueAt").GetDateTimeOffset());
        var (message, dueAt) = service.Queue.Scheduled[1];
        Assert.Equal(armed.GetProperty("dueAt").GetDateTimeOffset(), dueAt);
        Assert.Equal("timeout", message.Property("trigger"));
        Assert.True(Service.Json(message.Body).GetProperty("onlyIfUnpaid").GetBoolean());
    }

    [Theory]
    [InlineData("""{"orderId":"1443"}""", "#", "")]
    [InlineData("""{"orderId":"1443","after":"PT1M","at":"2030-01-01T00:00:00Z"}""", "#", "")]
    [InlineData("""{"orderId":"1443","after":"PT0.5S"}""", "#/after", "between PT1S and P30D from now")]
    [InlineData("""{"orderId":"1443","after":60}""", "#/after", "ISO 8601")]
    [InlineData("""{"orderId":"1443","at":"2023-11-14T22:13:20Z"}""", "#/at", "between PT1S and P30D from now")]
    public async Task A_timeout_without_a_sensible_instant_is_refused(string body, string expected, string words)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync(body);
        Assert.Equal(422, response.StatusCode);
        var error = Service.Json(response.Body).GetProperty("errors")[0];
        Assert.Equal(expected, error.GetProperty("pointer").GetString());
        Assert.Contains(words, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task The_same_order_at_the_same_instant_is_the_same_message()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync("""{"orderId":"1443","at":"2023-11-15T00:00:00Z"}""");
        await service.ArmAsync("""{"orderId":1443,"at":"2023-11-15T01:00:00+01:00","reason":"again"}""");
        await service.ArmAsync("""{"orderId":"1443","at":"2023-11-15T00:00:01Z"}""");
        await service.ArmAsync("""{"hash":"1443","at":"2023-11-15T00:00:00Z"}""");
        var ids = service.Queue.Scheduled.Values.Select(entry => entry.Message.MessageId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task One_key_arms_once_and_every_response_names_the_armed_timeout()
    {
        await using var service = await Service.StartAsync();
        service.Queue.DetectsDuplicates = true;
        const string body = """{"orderId":"1443","after":"PT30M"}""";
        var first = Service.Json(
            (await service.ArmAsync(body, static with => with with { IdempotencyKey = "key-1" })).Body
        );
        await service.ArmAsync(
            """{"orderId":"1443","after":"PT30M"}""",
            static with => with with { IdempotencyKey = "key-2" }
        );
        service.Time.Advance(TimeSpan.FromSeconds(20));
        var second = Service.Json(
            (await service.ArmAsync(body, static with => with with { IdempotencyKey = "key-1" })).Body
        );
        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(204, (await service.DisarmAsync(second.GetProperty("timeoutId").GetString()!)).StatusCode);
        Assert.Single(service.Queue.Scheduled);
    }

    [Fact]
    public async Task A_timeout_that_becomes_due_while_it_is_armed_is_not_armed_again()
    {
        await using var service = await Service.StartAsync();
        service.Queue.OnFind = () =>
        {
            service.Queue.Scheduled.Clear();
            service.Time.Advance(TimeSpan.FromSeconds(1));
        };
        Assert.Equal(201, (await service.ArmAsync("""{"orderId":"1443","after":"PT1S"}""")).StatusCode);
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task One_key_can_arm_a_disarmed_timeout_again()
    {
        await using var service = await Service.StartAsync();
        service.Queue.DetectsDuplicates = true;
        const string body = """{"orderId":"1443","at":"2023-11-15T00:00:00Z"}""";
        await service.DisarmAsync(
            IdOf(await service.ArmAsync(body, static with => with with { IdempotencyKey = "key-1" }))
        );
        var again = IdOf(await service.ArmAsync(body, static with => with with { IdempotencyKey = "key-1" }));
        Assert.StartsWith($"{Assert.Single(service.Queue.Scheduled).Key}.", again, StringComparison.Ordinal);
        Assert.Equal(204, (await service.DisarmAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Another_key_arms_the_same_instant_again()
    {
        await using var service = await Service.StartAsync();
        const string body = """{"orderId":"1443","at":"2023-11-15T00:00:00Z"}""";
        await service.ArmAsync(body, with => with with { IdempotencyKey = "key-1" });
        await service.ArmAsync(body, with => with with { IdempotencyKey = "key-1" });
        await service.ArmAsync(body, with => with with { IdempotencyKey = "key-2" });
        var ids = service.Queue.Scheduled.Values.Select(entry => entry.Message.MessageId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[1], ids[2]);
    }

    [Fact]
    public async Task A_timeout_that_fires_on_a_paid_order_leaves_it_alone()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync("""{"orderId":"1443","after":"PT30M"}""");
        service.Provider.OnGet(Answers.Order(1));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message))
        );
        Assert.Equal(["getOrder"], service.Provider.Operations);
        var sent = Assert.Single(service.Topic.Events);
        Assert.Equal(("not_cancellable", "timeout"), (sent.Property("outcome"), sent.Property("trigger")));
    }

    [Fact]
    public async Task A_timeout_for_any_state_cancels_whatever_the_state()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync("""{"orderId":"1443","after":"PT30M","onlyIfUnpaid":false}""");
        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        Assert.Equal(["cancelOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task A_message_marked_as_a_timeout_by_an_order_system_reads_the_order_first()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(2));
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync("""{"orderId":"1443"}""", properties: ("trigger", "timeout"))
        );
        Assert.Equal(["getOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task Disarming_is_204_once_and_404_after()
    {
        await using var service = await Service.StartAsync();
        var id = IdOf(await service.ArmAsync("""{"orderId":"1443","after":"PT30M"}"""));
        Assert.Equal(204, (await service.DisarmAsync(id)).StatusCode);
        Assert.Equal(404, (await service.DisarmAsync(id)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData("1.0123456789abcdef0123456789abcdeg0")]
    [InlineData("-1.0123456789abcdef0123456789abcdef")]
    [InlineData("99999999999999999999.0123456789abcdef0123456789abcdef")]
    public async Task An_invalid_timeout_id_is_not_found(string id)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(404, (await service.DisarmAsync(id)).StatusCode);
    }

    [Fact]
    public async Task An_unavailable_queue_is_not_reported_as_a_missing_timeout()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Refuses = true;
        Assert.Equal(503, (await service.DisarmAsync("1.0123456789abcdef0123456789abcdef")).StatusCode);
        Assert.Equal(503, (await service.ArmAsync("""{"orderId":"1443","after":"PT30M"}""")).StatusCode);
    }

    private static string IdOf(ApiResponse armed) => Service.Json(armed.Body).GetProperty("timeoutId").GetString()!;
}
