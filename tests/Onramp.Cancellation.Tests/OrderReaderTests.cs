namespace Onramp.Cancellation.Tests;

/// <summary>One getOrder, and when it says that the time to pay ends.</summary>
public sealed class OrderReaderTests
{
    /// <summary>The end in getOrder's answer, and the Unix seconds that are read; null for none.</summary>
    public static TheoryData<string, long?> EndTimes =>
        new()
        {
            { "\"endTime\":1700002600", 1700002600 },
            { "\"endTime\":\"1700002600\"", 1700002600 },
            { "\"endTime\":\" 1700002600 \"", 1700002600 },
            { "\"endTime\":1700002600.0", 1700002600 },
            { "\"endTime\":1700002600.999", 1700002600 },
            { "\"endTime\":\"1700002600.5\"", 1700002600 },
            { "\"endTime\":1.7000026e9", 1700002600 },
            { "\"endTime\":\"1.7E+9\"", 1700000000 },
            { "\"endTime\":1", 1 },
            { "\"endTime\":253402300799", 253402300799 },
            { "\"endTime\":1699999999,\"endTime\":1700002600", 1700002600 },
            { "\"endTime\":253402300800", null },
            { "\"endTime\":1700002600000", null },
            { "\"endTime\":\"1700002600000\"", null },
            { "\"endTime\":0", null },
            { "\"endTime\":0.5", null },
            { "\"endTime\":-1700002600", null },
            { "\"endTime\":1e300", null },
            { "\"endTime\":79228162514264337593543950335", null },
            { "\"endTime\":1e-300", null },
            { "\"endTime\":\"2023-11-14T22:56:40Z\"", null },
            { "\"endTime\":\"1,700,002,600\"", null },
            { "\"endTime\":\"NaN\"", null },
            { "\"endTime\":\"Infinity\"", null },
            { "\"endTime\":\"\"", null },
            { "\"endTime\":null", null },
            { "\"endTime\":true", null },
            { "\"endTime\":[1700002600]", null },
            { "\"endTime\":{\"seconds\":1700002600}", null },
            { "\"endtime\":1700002600", null },
            { "\"startTime\":1700002600", null },
        };

    /// <summary>Answers that are an outcome by themselves.</summary>
    private static readonly Dictionary<string, (Answer Answer, OutcomeKind Kind, OrderStatus? Status)> Endings = new()
    {
        ["cancelled"] = (Answers.Order(-3), OutcomeKind.Cancelled, OrderStatus.Cancelled),
        ["paid"] = (Answers.Order(1), OutcomeKind.NotCancellable, OrderStatus.PaymentReceived),
        ["completed"] = (Answers.Order(2), OutcomeKind.NotCancellable, OrderStatus.Completed),
        ["failed"] = (Answers.Order(-1), OutcomeKind.NotCancellable, OrderStatus.Failed),
        ["unknown"] = (Answers.UnknownOrder, OutcomeKind.NotFound, null),
        ["an undocumented state"] = (Answers.Order(-4), OutcomeKind.Unavailable, null),
        ["another order"] = (Answers.Order(0, 9999), OutcomeKind.Unavailable, null),
        ["refused for another reason"] = (Answers.Error(400, "Coin not supported"), OutcomeKind.Unavailable, null),
        ["too many requests"] = (Answers.TooMany, OutcomeKind.Throttled, null),
        ["an HTML page"] = (Answers.HtmlPage, OutcomeKind.Unavailable, null),
        ["a broken connection"] = (Answers.Reset, OutcomeKind.Unavailable, null),
        ["no answer in time"] = (Answers.Hang, OutcomeKind.Unavailable, null),
        ["a refused signature"] = (Answers.BadSignature, OutcomeKind.Credentials, null),
    };

    public static TheoryData<string> EndingNames => [.. Endings.Keys];

    [Theory]
    [MemberData(nameof(EndTimes))]
    public async Task The_end_of_an_order_that_waits_is_read_in_any_notation_and_nonsense_is_ignored(
        string field,
        long? seconds
    )
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(
            Answers.Json(200, $$$"""{"status":1,"data":{"orderId":1443,"status":0,{{{field}}}},"code":200}""")
        );
        var reading = await ReadAsync(service);
        Assert.True(reading.IsWaitingForPayment);
        Assert.Equal(seconds, reading.EndTime?.ToUnixTimeSeconds());
        Assert.Equal(TimeSpan.Zero, reading.EndTime?.Offset ?? TimeSpan.Zero);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [MemberData(nameof(EndingNames))]
    public async Task An_order_that_does_not_wait_for_payment_is_an_outcome_after_one_call(string ending)
    {
        await using var service = await Service.StartAsync();
        var (answer, kind, status) = Endings[ending];
        service.Provider.OnGet(answer);
        var reading = await ReadAsync(service);
        Assert.False(reading.IsWaitingForPayment);
        Assert.Null(reading.EndTime);
        Assert.Equal(
            (kind, status, 1, service.Time.GetUtcNow()),
            (reading.Outcome.Kind, reading.Outcome.OrderStatus, reading.Outcome.Attempts, reading.Outcome.CompletedAt)
        );
        Assert.Equal(["getOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task An_order_read_by_hash_returns_its_id_with_the_outcome()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.Order(2));
        var reading = await ReadAsync(service, OrderReference.FromHash("9f86d081884c7d65"));
        Assert.Equal("1443", reading.Outcome?.OrderId);
    }

    [Fact]
    public async Task A_wait_that_Onramp_asks_for_is_handed_to_the_caller()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnGet(Answers.WithRetryAfter(Answers.TooMany, "7"));
        Assert.Equal(TimeSpan.FromSeconds(7), (await ReadAsync(service)).Outcome?.RetryAfter);
        Assert.Empty(service.Time.Delays);
    }

    [Fact]
    public async Task A_cancelled_token_is_not_a_reading()
    {
        await using var service = await Service.StartAsync();
        using var stop = new CancellationTokenSource();
        service.Provider.OnGet(
            (_, _, token) =>
            {
                stop.Cancel();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("The token does not reach the call.");
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(service, token: stop.Token));
    }

    private static Task<OrderReading> ReadAsync(
        Service service,
        OrderReference? order = null,
        CancellationToken? token = null
    ) =>
        service
            .Get<OrderReader>()
            .ReadAsync(
                order ?? OrderReference.FromOrderId("1443"),
                CallLine.Callers,
                token ?? TestContext.Current.CancellationToken
            )
            .AsTask();
}
