namespace Onramp.Cancellation.Tests;

/// <summary>Timeouts that follow the order's own end (<c>whenExpired</c>).</summary>
public sealed class ExpiredOrderTests
{
    private const string WhenExpired = """{"whenExpired":true}""";

    // The time of the fake clock, in Unix seconds, and an end 20 minutes later.
    private const long Now = 1700000000;
    private const long End = Now + (20 * 60);

    [Fact]
    public async Task It_is_due_at_the_end_of_the_order_plus_the_grace()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Waiting(End));
        var armed = Service.Json((await service.ArmAsync(WhenExpired)).Body);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(End + 30), armed.GetProperty("dueAt").GetDateTimeOffset());
        Assert.True(armed.GetProperty("whenExpired").GetBoolean());
    }

    /// <summary>
    /// An alarm rings after 30 days at the latest, and is set again. The last second of the year 9999 has no grace.
    /// </summary>
    [Theory]
    [InlineData(Now + (60L * 24 * 3600), 30)]
    [InlineData(253402300799, 0)]
    public async Task An_end_far_away_is_followed_too(long end, int grace)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Waiting(end));
        var armed = Service.Json((await service.ArmAsync(WhenExpired)).Body);
        Assert.InRange(
            armed.GetProperty("dueAt").GetDateTimeOffset() - DateTimeOffset.FromUnixTimeSeconds(end + grace),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(1)
        );
        Assert.Equal(service.Time.GetUtcNow().AddDays(30), Assert.Single(service.Queue.Scheduled).Value.DueAt);
    }

    [Theory]
    [InlineData(1, 409, "order-not-waiting")]
    [InlineData(2, 409, "order-not-waiting")]
    [InlineData(-1, 409, "order-not-waiting")]
    [InlineData(-3, 409, "order-not-waiting")]
    public async Task Cannot_follow_an_order_that_does_not_wait(int state, int status, string problem)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(state));
        var answer = (await service.ArmAsync(WhenExpired)).ToContract();
        Assert.Equal((status, problem), (answer.Status, answer.Problem));
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task Cannot_follow_an_order_without_an_end()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Endless);
        var answer = (await service.ArmAsync(WhenExpired)).ToContract();
        Assert.Equal((422, "#/whenExpired"), (answer.Status, Assert.Single(answer.Pointers)));
    }

    [Fact]
    public async Task Cannot_follow_an_order_that_cannot_be_read()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.HtmlPage);
        var answer = await service.ArmAsync(WhenExpired);
        Assert.Equal(503, answer.StatusCode);
        Assert.NotNull(answer.Header("Retry-After"));
    }

    [Fact]
    public async Task An_extended_order_moves_its_timeout_instead_of_being_cancelled()
    {
        await using var service = await ArmedAsync();
        using var meters = new Meters(service);
        service.Provider.OnGet(Answers.Waiting(End + 600));
        Assert.Equal(Settlement.Complete, await service.RingAsync());
        Assert.Equal("extended", Assert.Single(meters[ServiceInstrument.Timeouts]).Of("event"));
        Assert.Single(service.Log.Lines, static line => line.Id == 503);
        Assert.Equal(["getOrder", "getOrder"], service.Provider.Operations);
        Assert.Empty(service.Topic.Events);
        var shown = Service.Json((await service.ShowAsync()).Body);
        Assert.Equal(
            ("armed", DateTimeOffset.FromUnixTimeSeconds(End + 630)),
            (shown.GetProperty("state").GetString(), shown.GetProperty("dueAt").GetDateTimeOffset())
        );

        service.Time.Advance(TimeSpan.FromMinutes(11));
        service
            .Provider.OnGet(Answers.Waiting(End + 600))
            .OnGet(Answers.Waiting(End + 600))
            .OnCancel(Answers.Cancelled);
        await service.RingAsync();
        Assert.Equal("cancelled", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    [Fact]
    public async Task An_order_that_is_extended_while_the_provider_is_down_is_not_cancelled_either()
    {
        await using var service = await ArmedAsync();
        service.Provider.OnGet(Answers.Waiting(End)).OnGet(Answers.HtmlPage);
        await service.RingAsync();
        Assert.Equal("firing", StateOf(await service.ShowAsync()));
        service.Provider.OnGet(Answers.Waiting(End + 86400));
        await service.RingAsync();
        Assert.Equal("armed", StateOf(await service.ShowAsync()));
        Assert.DoesNotContain("cancelOrder", service.Provider.Operations);
    }

    [Fact]
    public async Task An_order_that_is_extended_between_the_two_reads_is_not_cancelled_either()
    {
        await using var service = await ArmedAsync();
        service.Provider.OnGet(Answers.Waiting(End)).OnGet(Answers.Waiting(End + 86400));
        await service.RingAsync();
        Assert.DoesNotContain("cancelOrder", service.Provider.Operations);
        service.Provider.OnGet(Answers.Waiting(End + 86400));
        await service.RingAsync();
        Assert.Equal("armed", StateOf(await service.ShowAsync()));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(60, false)]
    public async Task An_order_is_cancelled_only_if_its_grace_is_over_when_it_is_read_again(
        int extendedBy,
        bool isCancelled
    )
    {
        await using var service = await ArmedAsync(TimeSpan.FromSeconds(End + 30 - Now));
        service.Provider.OnGet(Answers.Waiting(End)).OnGet(Answers.Waiting(End + extendedBy));
        await service.RingAsync();
        Assert.Equal(isCancelled, service.Provider.Operations.Contains("cancelOrder"));
        Assert.Equal(
            !isCancelled,
            service.Log.Lines.Any(static line =>
                line.Text.Contains("the order was extended meanwhile", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task An_order_whose_end_cannot_be_read_is_not_cancelled_but_tried_later()
    {
        await using var service = await ArmedAsync();
        service.Provider.OnGet(Answers.HtmlPage);
        Assert.Equal(Settlement.Complete, await service.RingAsync());
        Assert.Equal("armed", StateOf(await service.ShowAsync()));
        Assert.Equal(2, service.Queue.Scheduled.Last().Value.Message.Property("onrampCancel_delivery"));
        Assert.DoesNotContain("cancelOrder", service.Provider.Operations);
    }

    [Theory]
    [InlineData(1, "not_cancellable")]
    [InlineData(-3, "cancelled")]
    public async Task A_message_about_an_order_that_does_not_wait_ends_with_its_outcome(int state, string outcome)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(state));
        Assert.Equal(Settlement.Complete, await service.HandleAsync("""{"orderId":"1443","whenExpired":true}"""));
        Assert.Equal(outcome, Assert.Single(service.Topic.Events).Property("outcome"));
        Assert.Empty(service.Queue.Scheduled);
    }

    [Fact]
    public async Task A_message_that_is_delivered_again_does_not_read_the_order_again()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Waiting(End));
        foreach (var _ in (int[])[1, 2])
        {
            Assert.Equal(Settlement.Complete, await service.HandleAsync("""{"orderId":"1443","whenExpired":true}"""));
        }

        Assert.Single(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);
    }

    [Fact]
    public async Task A_message_about_an_order_without_an_end_is_invalid()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Endless);
        var settlement = await service.HandleAsync("""{"orderId":"1443","whenExpired":true}""");
        Assert.Equal("InvalidMessage", settlement.Reason);
        Assert.Contains("/whenExpired", settlement.Description, StringComparison.Ordinal);
    }

    private static Task<Service> ArmedAsync() => ArmedAsync(TimeSpan.FromMinutes(21));

    private static async Task<Service> ArmedAsync(TimeSpan later)
    {
        var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.OnGet(Answers.Waiting(End));
        Assert.Equal(201, (await service.ArmAsync(WhenExpired)).StatusCode);
        service.Time.Advance(later);
        return service;
    }

    private static string? StateOf(ApiResponse response) =>
        Service.Json(response.Body).GetProperty("state").GetString();
}
