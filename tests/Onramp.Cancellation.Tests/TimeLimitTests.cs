using System.Net;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// What a client or an operation gets as its limit, read back from the client, or measured with a port that never
/// answers.
/// </summary>
public sealed class TimeLimitTests
{
    private const string Cancel = """{"orderId":"1443"}""";

    [Fact]
    public async Task Connections_to_the_provider_are_renewed_limited_and_hand_nothing_on()
    {
        await using var services = Build(("Onramp:CallTimeout", "00:00:04"), ("Onramp:MaxConcurrentCalls", "7"));
        var handler = Assert.IsType<SocketsHttpHandler>(
            services.GetRequiredKeyedService<HttpMessageHandler>(OrderCancellation.HttpHandlerKey)
        );
        // A name that changes its address is looked up again when its connections end.
        Assert.Equal(
            (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(4), 7),
            (
                handler.PooledConnectionLifetime,
                handler.PooledConnectionIdleTimeout,
                handler.ConnectTimeout,
                handler.MaxConnectionsPerServer
            )
        );
        Assert.Equal(
            (false, false, DecompressionMethods.All, null),
            (
                handler.AllowAutoRedirect,
                handler.UseCookies,
                handler.AutomaticDecompression,
                handler.ActivityHeadersPropagator
            )
        );
    }

    [Fact]
    public async Task The_client_of_the_vault_leaves_retries_to_its_reader()
    {
        await using var services = Build();
        _ = services.GetRequiredService<CredentialStore>();
        var retry = services.GetRequiredService<SecretClientOptions>().Retry;
        Assert.Equal((0, TimeSpan.FromSeconds(5)), (retry.MaxRetries, retry.NetworkTimeout));
    }

    public static TheoryData<string, string?, double> Operations =>
        new()
        {
            { "Onramp__CallTimeout", null, 6 },
            { "Onramp__CallTimeout", "00:00:02", 2 },
            { "Outcomes__PublishTimeout", null, 5 },
            { "Outcomes__PublishTimeout", "00:00:03", 3 },
            { "Queue__OperationTimeout", null, 5 },
            { "Queue__OperationTimeout", "00:00:07", 7 },
            { "Records__OperationTimeout", null, 2 },
            { "Records__OperationTimeout", "00:00:09", 9 },
        };

    /// <summary>The port ignores its token too.</summary>
    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_that_never_ends_takes_no_longer_than_its_setting(
        string setting,
        string? value,
        double seconds
    )
    {
        await using var service = Create(setting, value is null ? [] : [(setting, value)]);
        await service.StartAsync();
        service.Provider.Otherwise = setting == "Onramp__CallTimeout" ? Silence : Answers.Cancelled;
        var begun = service.Time.GetUtcNow();
        var answer = setting switch
        {
            "Records__OperationTimeout" => await service.SendAsync(
                new()
                {
                    Method = "GET",
                    Path = "/api/orders/1443/outcomes",
                    ContentType = null,
                }
            ),
            "Queue__OperationTimeout" => await service.SendAsync(
                new() { Body = """{"orderId":"1443"}"""u8.ToArray(), Headers = [("Prefer", "respond-async")] }
            ),
            _ => await service.SendAsync(new() { Body = """{"orderId":"1443"}"""u8.ToArray() }),
        };
        Assert.Equal(503, answer.Status);
        // A cancel that gets no answer is followed by a read that gets none.
        var calls = setting == "Onramp__CallTimeout" ? 2 : 1;
        Assert.Equal(calls * seconds, (service.Time.GetUtcNow() - begun).TotalSeconds, 0.2);
    }

    /// <summary>All attempts together, so that time is left for the outcome's event.</summary>
    [Theory]
    [InlineData(null, null, 15)]
    [InlineData("00:00:40", null, 35)]
    [InlineData("00:00:40", "00:00:10", 30)]
    public async Task All_attempts_take_no_longer_than_the_budget_without_the_time_for_the_event(
        string? budget,
        string? publication,
        double seconds
    )
    {
        (string, string)[] settings =
        [
            ("Onramp__MaxRetries", "10"),
            ("Onramp__RetryBaseDelay", "00:00:00"),
            .. budget is null ? [] : new[] { ("Onramp__TotalBudget", budget) },
            .. publication is null ? [] : new[] { ("Outcomes__PublishTimeout", publication) },
        ];
        await using var service = await Service.StartAsync(settings);
        service.Provider.Otherwise = Silence;
        var begun = service.Time.GetUtcNow();
        Assert.Equal(OutcomeKind.Unavailable, (await service.CancelAsync()).Kind);
        Assert.Equal(seconds, (service.Time.GetUtcNow() - begun).TotalSeconds, 0.5);
    }

    /// <summary>The pauses of a message that neither queue nor tables take.</summary>
    [Theory]
    [InlineData(null, "1 2 4 8 16 16 16 16")]
    [InlineData("00:00:15", "1 2 4 8")]
    [InlineData("00:00:14.9", "1 2 4")]
    [InlineData("00:00:01", "1")]
    public async Task A_message_is_held_for_no_longer_than_the_setting(string? setting, string pauses)
    {
        await using var service = await Service.StartAsync([
            ("Onramp__MaxRetries", "0"),
            .. setting is null ? [] : new[] { ("Queue__MaxHandlingTime", setting) },
        ]);
        service.Provider.Otherwise = Answers.HtmlPage;
        service.Queue.Refuses = true;
        Assert.Equal(Settlement.Abandon, await service.HandleAsync(Cancel));
        Assert.Equal(pauses, Seconds(service));
    }

    [Fact]
    public async Task An_outcome_is_held_for_ninety_seconds_while_the_tables_do_not_answer()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(Cancel);
        service.Rows.Fault = RowFault.Refuse;
        Assert.False(
            await service
                .Get<OutcomeRecorder>()
                .TryRecordAsync(QueueTests.Deliver(service.Topic.Events[0]), TestContext.Current.CancellationToken)
        );
        Assert.Equal("0.5 1 2 4 8 16 16 16 16", Seconds(service));
    }

    [Fact]
    public async Task A_limit_of_requests_a_minute_is_one_of_a_minute()
    {
        await using var service = await Service.StartAsync(("Callers__RequestsPerMinute", "1"));
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(200, (await service.PostAsync(Cancel)).StatusCode);
        var refused = await service.PostAsync(Cancel);
        Assert.Equal(429, refused.StatusCode);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, null), 50, 60);
    }

    /// <summary>How long a caller is told to wait, for a wait that the provider asks for.</summary>
    [Theory]
    [InlineData("1", "1")]
    [InlineData("7", "7")]
    [InlineData("86400", "86400")]
    [InlineData("86401", "86400")]
    [InlineData("9999999999", "5")]
    public async Task A_caller_is_told_to_wait_for_a_day_at_most(string asked, string told)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Answers.WithRetryAfter(Answers.TooMany, asked);
        Assert.Equal(told, (await service.PostAsync(Cancel)).Header("Retry-After"));
    }

    /// <summary>How soon to ask again about a request that waits for an attempt.</summary>
    [Theory]
    [InlineData("00:00:00.2", "1")]
    [InlineData("00:00:05", "5")]
    [InlineData("00:00:05.1", "6")]
    [InlineData("00:01:00", "60")]
    [InlineData("00:30:00", "60")]
    public async Task A_waiting_request_is_asked_about_again_within_a_minute(string delay, string retryAfter)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryJitter", "0"),
            ("Queue__RetryDelays__0", delay)
        );
        service.Provider.Otherwise = Answers.HtmlPage;
        var accepted = await service.SendAsync(
            new() { Body = """{"orderId":"1443"}"""u8.ToArray(), Headers = [("Prefer", "respond-async")] }
        );
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Sent[0]));
        var waiting = await service.SendAsync(
            new()
            {
                Method = "GET",
                Path = accepted.Header("Location")!,
                ContentType = null,
            }
        );
        Assert.Equal(retryAfter, waiting.Header("Retry-After"));
    }

    /// <summary>The core without any replacement.</summary>
    private static ServiceProvider Build(params (string Name, string Value)[] settings)
    {
        ConfigurationManager configuration = new();
        configuration["KeyVault:VaultUri"] = FakeVault.Address.ToString();
        foreach (var (name, value) in settings)
        {
            configuration[name] = value;
        }

        return new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddOrderCancellation(configuration)
            .BuildServiceProvider();
    }

    private static string Seconds(Service service) =>
        string.Join(
            ' ',
            service.Time.Delays.Select(static delay =>
                delay.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
        );

    /// <summary>No answer until the token is cancelled.</summary>
    private static HttpResponseMessage Silence(
        ReceivedCall call,
        JumpingClock time,
        CancellationToken cancellationToken
    )
    {
        Wait(time, () => cancellationToken.IsCancellationRequested);
        cancellationToken.ThrowIfCancellationRequested();
        throw new InvalidOperationException("The call has no limit.");
    }

    private static Service Create(string setting, (string, string)[] settings) =>
        Service.Create(
            services =>
            {
                switch (setting)
                {
                    case "Records__OperationTimeout":
                        services.AddSingleton<IRowStore, SilentPorts>();
                        break;
                    case "Queue__OperationTimeout":
                        services.AddSingleton<ICancelQueue, SilentPorts>();
                        break;
                    case "Outcomes__PublishTimeout":
                        services.AddSingleton<IOutcomePublisher, SilentPorts>();
                        break;
                }
            },
            [("Onramp__MaxRetries", "0"), .. settings]
        );

    private static void Wait(JumpingClock time, Func<bool> isOver)
    {
        for (var steps = 0; steps < 10_000 && !isOver(); steps++)
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    /// <summary>Lets the time pass until its caller gives up, and never answers.</summary>
    private sealed class SilentPorts(TimeProvider time) : IRowStore, ICancelQueue, IOutcomePublisher
    {
        public string Destination => "silent";

        public string FullyQualifiedNamespace => "silent";

        public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) =>
            NeverAsync<bool>(cancellationToken);

        public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
            NeverAsync<bool>(cancellationToken);

        public Task<long> ScheduleAsync(
            OutboundMessage message,
            DateTimeOffset dueAt,
            CancellationToken cancellationToken
        ) => NeverAsync<long>(cancellationToken);

        public Task<bool> CancelScheduledAsync(
            long sequenceNumber,
            Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
            CancellationToken cancellationToken
        ) => NeverAsync<bool>(cancellationToken);

        public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
            NeverAsync<StoredRow?>(cancellationToken);

        public Task<bool> TryInsertAsync(
            RowKey key,
            IReadOnlyDictionary<string, string> values,
            CancellationToken cancellationToken
        ) => NeverAsync<bool>(cancellationToken);

        public Task<bool> TryReplaceAsync(
            StoredRow read,
            IReadOnlyDictionary<string, string> values,
            CancellationToken cancellationToken
        ) => NeverAsync<bool>(cancellationToken);

        public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
            NeverAsync<bool>(cancellationToken);

        public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
            NeverAsync<IReadOnlyList<StoredRow>>(cancellationToken);

        private Task<T> NeverAsync<T>(CancellationToken cancellationToken)
        {
            Wait((JumpingClock)time, () => cancellationToken.IsCancellationRequested);
            return new TaskCompletionSource<T>().Task;
        }
    }
}
