using System.Globalization;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// An administrator or a time service changes the machine's clock by hours. Durations are elapsed time, so they do not
/// change [fabfuel/circuitbreaker#31, golang/go#12914].
/// </summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    public static TheoryData<TimeSpan> Jumps =>
        [
            TimeSpan.FromHours(-12),
            TimeSpan.FromHours(-2),
            TimeSpan.FromSeconds(-20),
            TimeSpan.FromSeconds(20),
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(12),
        ];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task An_open_circuit_stays_open_for_its_time_and_says_so(TimeSpan jump)
    {
        await using var service = await OpenAsync();
        service.Time.SetWallClock(jump);

        var calls = service.Provider.Calls.Count;
        var outcome = await service.CancelAsync();
        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(1), Break);
        Assert.Equal(calls, service.Provider.Calls.Count);

        service.Time.Advance(Break);
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_half_open_circuit_lets_one_call_through_and_opens_again_for_its_time(TimeSpan jump)
    {
        await using var service = await OpenAsync();
        service.Time.Advance(Break);
        var answer = Answers.HtmlPage;
        service.Provider.Otherwise = Answers.During(() => service.Time.SetWallClock(jump), answer);
        var calls = service.Provider.Calls.Count;
        await service.CancelAsync();
        Assert.Equal(calls + 1, service.Provider.Calls.Count);

        service.Provider.Otherwise = Answers.Cancelled;
        service.Time.Advance(Break - TimeSpan.FromSeconds(1));
        Assert.NotEqual(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_closed_circuit_counts_the_failures_of_its_window(TimeSpan jump)
    {
        foreach (var (elapsed, isOpen) in new[] { (10, true), (40, false) })
        {
            await using var service = await Service.StartAsync(
                ("Onramp__MaxRetries", "0"),
                ("Onramp__CircuitMinimumCalls", "3")
            );
            service
                .Provider.OnCancel(Answers.HtmlPage, Answers.HtmlPage, Answers.Cancelled)
                .OnGet(Answers.Order(0), Answers.Order(0));
            service.Provider.Otherwise = Answers.HtmlPage;
            service.Provider.OnGet(Answers.HtmlPage);
            await service.CancelAsync();
            service.Time.SetWallClock(jump);
            service.Time.Advance(TimeSpan.FromSeconds(elapsed));
            await service.CancelAsync();
            Assert.Equal(isOpen, service.Log.Lines.Any(static line => line.Id == 201));
        }
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_budget_and_the_wait_before_a_retry_last_as_long_as_they_should(TimeSpan jump)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "10"),
            ("Onramp__CircuitMinimumCalls", "10000")
        );
        service.Provider.Otherwise = Answers.During(() => service.Time.SetWallClock(jump), Answers.Hang);
        var started = service.Time.GetTimestamp();
        Assert.Equal(OutcomeKind.Unavailable, (await service.CancelAsync()).Kind);
        Assert.InRange(service.Time.GetElapsedTime(started), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(21));
        Assert.All(service.Time.Delays, static delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task The_vault_is_read_at_its_intervals_and_a_pair_ages_by_elapsed_time(TimeSpan jump)
    {
        await using var service = await Service.StartAsync();
        using var meters = new Meters(service);
        service.Time.SetWallClock(jump);
        Assert.Equal(0, meters.Now(ServiceInstrument.CredentialsAge));
        service.Vault.Secrets["onramp-api-key"] = "next_key";
        service.Vault.Secrets["onramp-api-secret"] = "next_secret";
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");

        // The cooldown after a refusal has caused a read.
        service.Provider.Otherwise = Answers.BadSignature;
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.CancelAsync();
        var reads = service.Vault.Reads;
        service.Time.SetWallClock(jump);
        await service.CancelAsync();
        Assert.Equal(reads, service.Vault.Reads);
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.CancelAsync();
        Assert.NotEqual(reads, service.Vault.Reads);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_callers_limit_is_neither_lifted_nor_prolonged(TimeSpan jump)
    {
        await using var service = await Service.StartAsync(("Callers__RequestsPerMinute", "1"));
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(200, (await service.PostAsync(SigningShop.Body)).StatusCode);
        service.Time.SetWallClock(jump);
        var refused = await service.PostAsync(SigningShop.Body);
        Assert.Equal(429, refused.StatusCode);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, null), 1, 60);
    }

    /// <summary>
    /// A date is compared with the Date header of the response, because both use the provider's clock.
    /// </summary>
    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_wait_until_a_date_is_measured_by_the_clock_of_the_server_that_names_it(TimeSpan difference)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        var theirs = service.Time.GetUtcNow() + difference;
        service
            .Provider.OnCancel(
                (call, time, token) =>
                {
                    var answer = Answers.WithRetryAfter(Answers.TooMany, $"{theirs.AddSeconds(40):R}")(
                        call,
                        time,
                        token
                    );
                    answer.Headers.Date = theirs;
                    return answer;
                }
            )
            .OnGet(Answers.Order(0));
        Assert.Equal(TimeSpan.FromSeconds(40), (await service.CancelAsync()).RetryAfter);
    }

    /// <summary>
    /// If our clock is behind the broker's, a copy that is due in the past would be delivered immediately.
    /// </summary>
    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_retry_copy_is_never_due_early_by_the_brokers_clock(TimeSpan difference)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Queue__RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        var brokers = service.Time.GetUtcNow();
        service.Time.SetWallClock(difference);
        await HandleAsync(service, """{"orderId":"1443"}""", brokers);
        var due = Assert.Single(service.Queue.Scheduled).Value.DueAt;
        Assert.True(due >= brokers.AddSeconds(5), $"Due at {due:O}, {due - brokers} after it was delivered.");
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_timeout_that_a_message_arms_for_a_duration_is_due_by_the_brokers_clock(TimeSpan difference)
    {
        await using var service = await Service.StartAsync(("Timeouts__Spread", "00:00:00"));
        var brokers = service.Time.GetUtcNow();
        service.Time.SetWallClock(difference);
        service.Provider.Otherwise = Answers.Cancelled;
        await HandleAsync(service, """{"orderId":"1443","after":"PT30M"}""", brokers);

        Assert.Equal(brokers.AddMinutes(30), Assert.Single(service.Queue.Scheduled).Value.DueAt);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Retries_begin_when_a_message_is_enqueued_or_handled_whichever_is_later(TimeSpan difference)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Queue__RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        var brokers = service.Time.GetUtcNow();
        service.Time.SetWallClock(difference);
        var own = service.Time.GetUtcNow();
        await HandleAsync(service, """{"orderId":"1443"}""", brokers);
        var copy = Assert.Single(service.Queue.Scheduled).Value.Message;
        var since = DateTimeOffset.Parse(
            (string)copy.Property("onrampCancel_retryingSince"),
            CultureInfo.InvariantCulture
        );
        Assert.Equal(own > brokers ? own : brokers, since);
    }

    /// <summary>Instances whose clocks differ, or one whose clock is set back.</summary>
    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_change_to_a_timeout_is_later_than_the_change_before(TimeSpan jump)
    {
        await using var service = await Service.StartAsync();
        var first = await ChangedAsync("PT30M");
        var second = await ChangedAsync("PT40M");
        service.Time.SetWallClock(jump);
        var third = await ChangedAsync("PT50M");
        Assert.True(first < second && second < third, $"{first:O}, {second:O}, {third:O}");

        async Task<DateTimeOffset> ChangedAsync(string after)
        {
            await service.ArmAsync($$"""{"after":"{{after}}"}""");
            var row = Assert.Single(service.Rows[RowTable.CancelTimeouts]);
            return DateTimeOffset.Parse(row.Values["changedAt"], CultureInfo.InvariantCulture);
        }
    }

    private static async Task<Service> OpenAsync()
    {
        var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Onramp__CircuitMinimumCalls", "2"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.CancelAsync();
        Assert.Contains(service.Log.Lines, static line => line.Id == 201);
        return service;
    }

    private static Task<Settlement> HandleAsync(Service service, string body, DateTimeOffset enqueuedTime) =>
        service.HandleAsync(
            new InboundMessage
            {
                MessageId = "message-1",
                SequenceNumber = 7,
                Body = Encoding.UTF8.GetBytes(body),
                EnqueuedTime = enqueuedTime,
            }
        );
}
