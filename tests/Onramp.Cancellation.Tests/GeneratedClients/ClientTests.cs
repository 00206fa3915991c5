namespace Onramp.Cancellation.Tests.GeneratedClients;

/// <summary>
/// Clients generated from the contract by NSwag [NSwag#2991] and Kiota [kiota#7791] compile, have all fields with their
/// correct types, and work with the service. Their callers are in the folder Callers.
/// </summary>
public sealed class ClientTests(ClientGenerator clients) : IClassFixture<ClientGenerator>, IAsyncDisposable
{
    private const string CompletedAt = "2023-11-14 22:13:20Z";

    private Service _service = null!;
    private HttpClient _http = null!;

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_an_outcome_with_every_field(string tool)
    {
        var caller = await StartAsync(tool);
        _service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal($"key-1 1443  Cancelled -3 1  {CompletedAt}", await caller.CancelAsync(1443));
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Sends_and_reads_an_order_id_of_19_digits(string tool)
    {
        var caller = await StartAsync(tool);
        _service.Provider.OnCancel(
            Answers.Json(200, """{"status":1,"data":{"orderId":"9223372036854775807","status":-3},"code":200}""")
        );
        Assert.Equal(
            $"key-1 9223372036854775807  Cancelled -3 1  {CompletedAt}",
            await caller.CancelAsync(long.MaxValue)
        );
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_the_order_of_a_hash(string tool)
    {
        var caller = await StartAsync(tool);
        _service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal($"key-1 1443 abc Cancelled -3 1  {CompletedAt}", await caller.CancelByHashAsync("abc"));
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_that_a_request_waits_on_the_queue(string tool)
    {
        var caller = await StartAsync(tool);
        Assert.Equal("202 key-1", await caller.DeferAsync(1443));
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Arms_a_timeout_by_delay_by_instant_and_by_the_end_of_its_order(string tool)
    {
        var caller = await StartAsync(tool);
        _service.Provider.OnGet(Answers.Waiting(1700002600));
        Assert.Equal(
            "1443  Armed 2023-11-14 22:43:20Z  stale  Disarmed",
            await caller.ArmAsync("1443", "PT30M", at: null, whenExpired: null)
        );
        Assert.Equal(
            "1443  Armed 2023-11-15 00:00:00Z  stale  Disarmed",
            await caller.ArmAsync("1443", after: null, new(2023, 11, 15, 0, 0, 0, TimeSpan.Zero), whenExpired: null)
        );
        Assert.Equal(
            "1443  Armed 2023-11-14 22:57:10Z True stale  Disarmed",
            await caller.ArmAsync("1443", after: null, at: null, whenExpired: true)
        );
    }

    /// <summary>RFC 3986 allows the colon in a segment, but not the slash, the percent sign and the question mark.</summary>
    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Arms_a_timeout_on_a_hash_with_reserved_characters(string tool)
    {
        var caller = await StartAsync(tool);
        Assert.Equal(
            "/a?b%20+c=&#",
            (await caller.ArmAsync("hash:/a?b%20+c=&#", "PT30M", at: null, whenExpired: null)).Split(' ')[1]
        );
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_what_became_of_a_request_and_the_outcomes_of_its_order(string tool)
    {
        var caller = await StartAsync(tool);
        var accepted = await _service.PostAsync(
            """{"orderId":"1443","reason":"late"}""",
            static request => request with { IdempotencyKey = "key-1", Prefer = "respond-async" }
        );
        var id = accepted.Header("Location")!.Split('/')[^1];
        Assert.Equal("key-1 Waiting         ", await caller.RequestAsync(id));
        _service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await _service.HandleAsync(QueueTests.Deliver(_service.Queue.Sent.Single())));
        await _service.RecordAsync();
        Assert.Equal($"key-1 Finished   1443 Cancelled  -3  1 {CompletedAt}", await caller.RequestAsync(id));
        Assert.Equal(
            $"Cancelled  1443 -3  Queue 1 key-1 late {CompletedAt} {CompletedAt}",
            await caller.OutcomesAsync("1443")
        );
    }

    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_a_problem_and_its_type_as_one_of_a_closed_set(string tool)
    {
        var caller = await StartAsync(tool);
        _service.Provider.LeadTo(OutcomeKind.NotCancellable);
        Assert.Equal(
            "UrnOnrampCancelProblemNotCancellable 409 Not_cancellable 1 False 1443 key-1 ",
            await caller.FailAsync(1443, hash: null)
        );
    }

    /// <summary>An absent value must not be read as 0, which is an order state, or as the first outcome.</summary>
    [Theory]
    [MemberData(nameof(ClientGenerator.Tools), MemberType = typeof(ClientGenerator))]
    public async Task Reads_what_a_problem_does_not_have_as_absent(string tool)
    {
        var caller = await StartAsync(tool);
        Assert.Equal(
            "UrnOnrampCancelProblemInvalidRequest 422      #",
            await caller.FailAsync(orderId: null, hash: null)
        );
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
    }

    private async Task<GeneratedCaller> StartAsync(string tool)
    {
        _service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        _http = new HttpClient(new AppHandler(_service)) { BaseAddress = new Uri("http://localhost/") };
        return clients.Caller(tool, _http);
    }
}
