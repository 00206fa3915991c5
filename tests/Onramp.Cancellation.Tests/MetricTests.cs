using System.Diagnostics.Metrics;

namespace Onramp.Cancellation.Tests;

/// <summary>The metrics of the service as a collector reads them.</summary>
public sealed class MetricTests
{
    private const string Body = """{"orderId":"1443"}""";
    private const string Other = """{"orderId":"1444"}""";

    /// <summary>The names and attributes are contracts, so they are deliberately repeated here.</summary>
    public static TheoryData<string, InstrumentKind, string, string> Contract =>
        new()
        {
            { "onramp.cancel.outcomes", InstrumentKind.Counter, "{request}", "outcome trigger error.type" },
            { "onramp.cancel.duration", InstrumentKind.Histogram, "s", "outcome trigger error.type" },
            { "onramp.cancel.attempts", InstrumentKind.Histogram, "{attempt}", "outcome" },
            {
                "onramp.provider.call.duration",
                InstrumentKind.Histogram,
                "s",
                "operation reply http.response.status_code"
            },
            { "onramp.queue.retries", InstrumentKind.Counter, "{message}", "delivery" },
            { "onramp.circuit.state", InstrumentKind.Gauge, "1", "" },
            { "onramp.permits.in_use", InstrumentKind.Gauge, "{call}", "" },
            { "onramp.permits.waiting", InstrumentKind.Gauge, "{call}", "" },
            { "onramp.permit.wait", InstrumentKind.Histogram, "s", "limit error.type" },
            { "onramp.outcome.publish.failures", InstrumentKind.Counter, "{event}", "" },
            { "onramp.credentials.age", InstrumentKind.Gauge, "s", "" },
            { "onramp.timeouts", InstrumentKind.Counter, "{timeout}", "event" },
            { "onramp.record.lag", InstrumentKind.Histogram, "s", "" },
        };

    [Theory]
    [MemberData(nameof(Contract))]
    public async Task Every_instrument_records_by_its_name_unit_and_attributes_and_by_no_others(
        string name,
        InstrumentKind kind,
        string unit,
        string attributes
    )
    {
        var instrument = ServiceInstrument.All.Single(row => row.Name == name);
        Assert.Equal(
            (kind, unit, attributes),
            (instrument.Kind, instrument.Unit, string.Join(' ', instrument.Attributes))
        );

        SharedLimit limit = new();
        await using var service = await limit.StartAsync(("Onramp:MaxRetries", "0"));
        using var meters = new Meters(service);
        service
            .Provider.OnCancel(Answers.Cancelled, Answers.HtmlPage, Answers.Reset)
            .OnGet(Answers.HtmlPage, Answers.Reset);
        await service.PostAsync(Body);
        await service.HandleAsync(Other);
        service.Topic.Refuses = true;
        await service.PostAsync(Body);
        service.Topic.Refuses = false;
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.PostAsync(Body);
        await service.ArmAsync("""{"after":"PT1H"}""");
        await service.RecordAsync();
        limit.Answer = static _ => Task.FromResult(false);
        await service.PostAsync(Body);

        var published = Assert.IsAssignableFrom<Instrument>(meters.Published(instrument));
        Assert.Equal(unit, published.Unit);
        Assert.Equal(
            kind,
            published switch
            {
                Counter<long> => InstrumentKind.Counter,
                Histogram<double> or Histogram<long> => InstrumentKind.Histogram,
                ObservableGauge<double> or ObservableGauge<long> => InstrumentKind.Gauge,
                _ => (InstrumentKind?)null,
            }
        );
        if (kind == InstrumentKind.Gauge)
        {
            meters.Now(instrument);
        }

        var recorded = meters[instrument];
        Assert.NotEmpty(recorded);
        Assert.Equal(
            instrument.Attributes.Order(),
            recorded.SelectMany(static value => value.Tags.Keys).Distinct().Order()
        );
    }

    [Fact]
    public void No_instrument_is_left_out_of_the_contract() =>
        Assert.Equal(
            Contract.Select(static row => row.Data.Item1),
            ServiceInstrument.All.Select(static row => row.Name)
        );

    [Theory]
    [InlineData(OutcomeKind.Cancelled, "cancelled http -")]
    [InlineData(OutcomeKind.NotCancellable, "not_cancellable http -")]
    [InlineData(OutcomeKind.NotFound, "not_found http -")]
    [InlineData(OutcomeKind.Rejected, "rejected http -")]
    [InlineData(OutcomeKind.Credentials, "failed http credentials")]
    [InlineData(OutcomeKind.Throttled, "failed http throttled")]
    [InlineData(OutcomeKind.Unavailable, "failed http unavailable")]
    public async Task A_finished_request_is_counted_once_by_how_it_ended(OutcomeKind kind, string expected)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        using var meters = new Meters(service);
        service.Provider.Otherwise = kind switch
        {
            OutcomeKind.Cancelled => Answers.Cancelled,
            OutcomeKind.NotCancellable => Answers.Order(1),
            OutcomeKind.NotFound => Answers.UnknownOrder,
            OutcomeKind.Rejected => (call, time, token) =>
                (call.Operation == "getOrder" ? Answers.Order(0) : Answers.Error(400, "Order cannot be cancelled"))(
                    call,
                    time,
                    token
                ),
            OutcomeKind.Credentials => Answers.BadSignature,
            OutcomeKind.Throttled => Answers.TooMany,
            OutcomeKind.Unavailable => Answers.HtmlPage,
        };
        await service.PostAsync(Body);
        var counted = Assert.Single(meters[ServiceInstrument.Outcomes]);
        Assert.Equal((1, expected), (counted.Value, counted.Of("outcome", "trigger", "error.type")));
        Assert.Equal(
            expected,
            Assert.Single(meters[ServiceInstrument.Duration]).Of("outcome", "trigger", "error.type")
        );
        Assert.Equal(1, Assert.Single(meters[ServiceInstrument.Attempts]).Value);
    }

    [Fact]
    public async Task A_message_on_its_way_through_the_schedule_is_one_request_with_five_retries()
    {
        await using var service = await Service.StartAsync(("Queue:GiveUpAfter", "05:00:00"));
        using var meters = new Meters(service);
        service.Provider.Otherwise = Answers.HtmlPage;
        var message = QueueTests.Deliver(
            new OutboundMessage
            {
                MessageId = "message-1",
                ContentType = "application/json",
                Body = "{\"orderId\":\"1443\"}"u8.ToArray(),
            }
        );
        for (var delivery = 1; (await service.HandleAsync(message)).Kind == SettlementKind.Complete; delivery++)
        {
            Assert.Empty(meters[ServiceInstrument.Outcomes]);
            service.Time.Advance(TimeSpan.FromHours(1));
            message = QueueTests.Deliver(service.Queue.Scheduled[delivery].Message);
        }

        Assert.Equal(
            ["2", "3", "4", "5", "6"],
            meters[ServiceInstrument.QueueRetries].Select(static retry => retry.Of("delivery"))
        );
        Assert.Equal(
            "failed queue unavailable",
            Assert.Single(meters[ServiceInstrument.Outcomes]).Of("outcome", "trigger", "error.type")
        );
        Assert.Equal(18, Assert.Single(meters[ServiceInstrument.Attempts]).Value);

        // The processing time, not the hours in between.
        Assert.InRange(Assert.Single(meters[ServiceInstrument.Duration]).Value, 0, 60);
    }

    [Fact]
    public async Task A_sender_cannot_inflate_the_cardinality_of_an_attribute()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        using var meters = new Meters(service);
        service.Provider.Otherwise = Answers.HtmlPage;
        foreach (var delivery in (int[])[1, 1_000, 10_000, 100_000])
        {
            await service.HandleAsync(
                Body,
                messageId: $"message-{delivery}",
                properties: ("onrampCancel_delivery", delivery)
            );
        }

        Assert.Equal(
            ["2"],
            meters[ServiceInstrument.QueueRetries].Select(static retry => retry.Of("delivery")).Distinct()
        );
    }

    [Fact]
    public async Task An_event_that_the_topic_refuses_is_a_failure_and_its_request_not_finished_until_it_is_published()
    {
        await using var service = await Service.StartAsync();
        using var meters = new Meters(service);
        service.Provider.OnCancel(Answers.Cancelled);
        service.Topic.Refuses = true;
        await service.HandleAsync(Body);
        Assert.Equal(
            (1, 0),
            (meters[ServiceInstrument.PublishFailures].Count, meters[ServiceInstrument.Outcomes].Count)
        );

        service.Topic.Refuses = false;
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        Assert.Equal(
            (1, 1),
            (meters[ServiceInstrument.PublishFailures].Count, meters[ServiceInstrument.Outcomes].Count)
        );
    }

    [Fact]
    public async Task A_fired_timeout_is_recognised()
    {
        await using var service = await Service.StartAsync();
        using var meters = new Meters(service);
        service.Provider.OnGet(Answers.Order(1));
        await service.ArmAsync("""{"after":"PT30M"}""");
        service.Time.Advance(TimeSpan.FromMinutes(30));
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        Assert.Equal(
            "not_cancellable timeout -",
            Assert.Single(meters[ServiceInstrument.Outcomes]).Of("outcome", "trigger", "error.type")
        );
        Assert.Empty(meters[ServiceInstrument.QueueRetries]);
    }

    [Fact]
    public async Task Calls_to_the_provider_are_timed_by_result()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        using var meters = new Meters(service);
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.Hang)
            .OnClock(Answers.ServerTime(1700000000000))
            .OnGet(Answers.Order(0));
        service.Provider.OnCancel(Answers.Cancelled);
        service.Provider.OnCancel(Answers.Reset, Answers.TooMany).OnGet(Answers.CutOff, Answers.UnknownOrder);
        for (var request = 0; request < 3; request++)
        {
            await service.CancelAsync();
        }

        Assert.Equal(
            [
                "cancelOrder unauthorized 401",
                "currentTimestamp state 200",
                "cancelOrder no_answer -",
                "getOrder state 200",
                "cancelOrder state 200",
                "cancelOrder no_answer -",
                "getOrder unclear 200",
            ],
            meters[ServiceInstrument.ProviderCallDuration]
                .Select(static call => call.Of("operation", "reply", "http.response.status_code"))
        );
        Assert.Equal(6, meters[ServiceInstrument.ProviderCallDuration][2].Value);
    }

    [Fact]
    public async Task The_circuit_is_reported_as_closed_open_and_open_to_a_probe_without_waiting_for_one()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Onramp:CircuitMinimumCalls", "2")
        );
        using var meters = new Meters(service);
        service.Get<OrderCanceller>();
        Assert.Equal(0, Circuit());
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.CancelAsync();
        Assert.Equal(2, Circuit());
        service.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(2, Circuit());
        service.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Circuit());
        service.Provider.Otherwise = Answers.Cancelled;
        await service.CancelAsync();
        Assert.Equal(0, Circuit());

        double? Circuit() => meters.Now(ServiceInstrument.CircuitState);
    }

    [Fact]
    public async Task Calls_in_progress_and_waiting_calls_are_reported()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxConcurrentCalls", "1"),
            ("Onramp:MaxQueuedCalls", "1")
        );
        using var meters = new Meters(service);
        Task<CancelOutcome>? second = null;
        service.Provider.OnCancel(
            Answers.During(
                () =>
                {
                    second = service.CancelAsync(orderId: "1444");
                    Assert.Equal(
                        (1, 1),
                        (meters.Now(ServiceInstrument.PermitsInUse), meters.Now(ServiceInstrument.PermitsWaiting))
                    );
                },
                Answers.Cancelled
            ),
            Answers.Cancelled
        );
        await service.CancelAsync();
        await second!;
        Assert.Equal(
            (0, 0),
            (meters.Now(ServiceInstrument.PermitsInUse), meters.Now(ServiceInstrument.PermitsWaiting))
        );
    }

    [Fact]
    public async Task The_credentials_grow_old_until_the_vault_confirms_them_and_a_half_of_a_new_pair_confirms_nothing()
    {
        await using var service = Service.Create();
        using var meters = new Meters(service);
        service.Get<CredentialStore>();
        Assert.Null(meters.Now(ServiceInstrument.CredentialsAge));
        await service.StartAsync();
        Assert.Equal(0, meters.Now(ServiceInstrument.CredentialsAge));

        Refresh();
        Assert.Equal(0, meters.Now(ServiceInstrument.CredentialsAge));

        service.Vault.Secrets["onramp-api-key"] = "new_key";
        Refresh();
        Assert.Equal(1800, meters.Now(ServiceInstrument.CredentialsAge));

        service.Vault.Fault = static _ => FakeVault.Json(503, "{}");
        Refresh();
        Assert.InRange(meters.Now(ServiceInstrument.CredentialsAge)!.Value, 3600, 3620);

        service.Vault.Fault = null;
        service.Vault.Secrets["onramp-api-secret"] = "new_secret";
        Refresh();
        Assert.Equal(0, meters.Now(ServiceInstrument.CredentialsAge));

        void Refresh()
        {
            var (reads, lines) = (service.Vault.Reads, service.Log.Lines.Count);
            var confirms =
                service.Vault.Fault is null
                && (service.Vault.Secrets["onramp-api-key"], service.Vault.Secrets["onramp-api-secret"])
                    is
                        ("test_key", "test_secret")
                        or
                        ("new_key", "new_secret");
            service.Refresh(() =>
                service.Vault.Reads > reads
                && (confirms ? meters.Now(ServiceInstrument.CredentialsAge) == 0 : service.Log.Lines.Count > lines)
            );
        }
    }

    [Fact]
    public async Task Without_a_listener_nothing_is_allocated_and_with_one_the_work_is_visible()
    {
        await using var service = await Service.StartAsync();

        // The methods of the hot path, as the service calls them. The type is internal.
        var type = typeof(ServiceInstrument).Assembly.GetType(
            "Onramp.Cancellation.Telemetry.CancellationMetrics",
            throwOnError: true
        )!;
        var metrics = service.Get<IServiceProvider>().GetService(type)!;
        var finished = type.GetMethod("Finished")!
            .CreateDelegate<Action<string, string, string?, int, TimeSpan>>(metrics);
        var called = type.GetMethod("Called")!.CreateDelegate<Action<string, string, int?, TimeSpan>>(metrics);
        var retried = type.GetMethod("Retried")!.CreateDelegate<Action<int>>(metrics);
        var notPublished = type.GetMethod("NotPublished")!.CreateDelegate<Action>(metrics);
        Assert.Equal(0, Allocated());
        using var meters = new Meters(service);
        Assert.NotEqual(0, Allocated());

        long Allocated()
        {
            RecordAll();
            var before = GC.GetAllocatedBytesForCurrentThread();
            RecordAll();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void RecordAll()
        {
            finished("failed", "queue", "unavailable", 3, TimeSpan.FromSeconds(1));
            called("cancelOrder", "state", 200, TimeSpan.FromSeconds(1));
            retried(2);
            notPublished();
        }
    }
}
