using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>What became of a request: its record, a repeat under its key, and the outcomes of an order.</summary>
public sealed class RecordTests
{
    private const string Cancel = """{"orderId":"1443"}""";

    [Fact]
    public async Task A_deferred_request_waits_under_its_location_and_finishes_there()
    {
        await using var service = await Service.StartAsync();
        var accepted = await service.SendAsync(Post(Cancel, ("Prefer", "respond-async")));
        Assert.Equal(202, accepted.Status);
        var location = accepted.Header("Location")!;
        var waiting = await service.SendAsync(Get(location));
        Assert.Equal((200, "waiting"), (waiting.Status, waiting.Text("state")));
        Assert.NotNull(waiting.Header("Retry-After"));

        service.Provider.OnCancel(Answers.Cancelled);
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Sent.Single()));
        await service.RecordAsync();
        var finished = await service.SendAsync(Get(location));
        Assert.Equal(
            (200, "finished", "cancelled", accepted.Text("requestId")),
            (finished.Status, finished.Text("state"), finished.Text("outcome"), finished.Text("requestId"))
        );
    }

    [Fact]
    public async Task A_request_that_is_retried_tells_when_and_why()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        var location = (await service.SendAsync(Post(Cancel, ("Prefer", "respond-async")))).Header("Location")!;
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Sent.Single()));
        var waiting = await service.SendAsync(Get(location));
        Assert.Equal("waiting", waiting.Text("state"));
        Assert.Contains("failed/unavailable", waiting.Text("lastReason"), StringComparison.Ordinal);
        Assert.Equal(
            service.Queue.Scheduled.Single().Value.DueAt,
            DateTimeOffset.Parse(waiting.Text("nextTryAt")!, null)
        );
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public async Task A_request_that_waits_is_counted_with_its_cause_until_it_ends(string end)
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryJitter", "0"),
            ("Queue__GiveUpAfter", "00:00:05")
        );
        service.Provider.Otherwise = Answers.HtmlPage;
        var since = service.Time.GetUtcNow();
        await service.HandleAsync(Cancel, messageId: "message-1");
        await service.HandleAsync(Cancel, messageId: "message-2");
        var waiting = await CountWaitingAsync(service);
        Assert.Equal(
            (2, false, since, since.AddSeconds(5)),
            (waiting.Count, waiting.IsMore, waiting.Since, waiting.NextTryAt)
        );
        Assert.Equal(new Dictionary<string, int> { ["failed/unavailable"] = 2 }, waiting.Causes);
        var limited = await CountWaitingAsync(service, limit: 1);
        Assert.Equal((1, true), (limited.Count, limited.IsMore));
        var complete = await CountWaitingAsync(service, limit: 2);
        Assert.Equal((2, false), (complete.Count, complete.IsMore));

        service.Time.Advance(TimeSpan.FromSeconds(5));
        service.Provider.Otherwise = end == "cancelled" ? Answers.Cancelled : Answers.HtmlPage;
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        await service.RecordAsync();
        Assert.Equal(end, service.Topic.Events.Single().Property("outcome"));
        Assert.Equal(1, (await CountWaitingAsync(service)).Count);
    }

    /// <summary>Otherwise every count would read the records of all requests that wait.</summary>
    [Theory]
    [InlineData(60, 0)]
    [InlineData(60.001, 1)]
    public async Task A_waiting_request_is_looked_up_once_its_attempt_is_a_minute_late(double late, int reads)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Queue__RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Cancel, messageId: "message-1");
        service.Time.Advance(TimeSpan.FromSeconds(5 + late));
        service.Rows.Operations.Clear();

        Assert.Equal(1, (await CountWaitingAsync(service)).Count);

        Assert.Equal(
            reads,
            service.Rows.Operations.Count(static done => done is { Name: "read", Table: RowTable.CancelRequests })
        );
    }

    [Fact]
    public async Task An_outcome_whose_event_is_refused_waits_for_its_publication()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Topic.Refuses = true;
        await service.HandleAsync(Cancel, messageId: "message-1");
        Assert.Equal(["not published or recorded"], (await CountWaitingAsync(service)).Causes.Keys);
    }

    /// <summary>The tables stop answering between the two writes of the end.</summary>
    [Theory]
    [InlineData("delete")]
    [InlineData("read")]
    public async Task A_request_that_has_ended_is_not_counted_even_if_its_row_remains(string operation)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"), ("Queue__RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Cancel, messageId: "message-1");
        service.Provider.Otherwise = Answers.Cancelled;
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled[1].Message));
        service.Rows.FaultOf = (name, key) =>
            key.Table == RowTable.CancelWaiting && name == operation ? RowFault.Refuse : RowFault.None;
        Assert.False(
            await service
                .Get<OutcomeRecorder>()
                .TryRecordAsync(
                    QueueTests.Deliver(service.Topic.Events.Single()),
                    TestContext.Current.CancellationToken
                )
        );
        service.Rows.FaultOf = null;
        Assert.Single(service.Rows[RowTable.CancelWaiting]);
        service.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await CountWaitingAsync(service)).Count);

        // The event is delivered again.
        await service.RecordAsync();
        Assert.Empty(service.Rows[RowTable.CancelWaiting]);
    }

    [Theory]
    [InlineData("/api/requests/1")]
    [InlineData("/api/requests/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("/api/requests/000000000000000000000000000000000000000000000000000000000000000G")]
    public async Task An_unknown_request_is_not_found(string path)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(Get(path));
        Assert.Equal((404, "request-not-found"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("shop", 200)]
    [InlineData("other", 404)]
    [InlineData(null, 404)]
    public async Task A_caller_only_sees_its_own_requests(string? caller, int status)
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        var accepted = await service.SendAsync(Post(Cancel, ("Prefer", "respond-async"), Principal("shop")));
        var answer = await service.SendAsync(
            Get(accepted.Header("Location")!) with
            {
                Headers = caller is null ? [] : [Principal(caller)],
            }
        );
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_repeat_under_the_same_key_is_answered_from_the_record()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        var first = await service.SendAsync(Post(Cancel, Key));
        Assert.Null(first.Header("Idempotency-Replayed"));
        await service.RecordAsync();
        service.Provider.Calls.Clear();
        var second = await service.SendAsync(Post(Cancel, Key));
        Assert.Equal("true", second.Header("Idempotency-Replayed"));
        Assert.Equal(first.Body, second.Body);
        Assert.Empty(service.Provider.Calls);
        Assert.Single(service.Topic.Events);
    }

    [Theory]
    [InlineData(1, 409, "not-cancellable")]
    public async Task A_final_problem_is_answered_from_the_record_too(int state, int status, string problem)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Order(state)).OnGet(Answers.Order(state));
        var first = await service.SendAsync(Post(Cancel, Key));
        await service.RecordAsync();
        var second = await service.SendAsync(Post(Cancel, Key));
        Assert.Equal((status, problem), (second.Status, second.Problem));
        Assert.Equal("true", second.Header("Idempotency-Replayed"));
        Assert.Equal(first.Body, second.Body);
    }

    [Theory]
    [InlineData("""{"orderId":"1444"}""", 422)]
    [InlineData("""{"hash":"1443"}""", 422)]
    [InlineData("""{"orderId":"1443","onlyIfUnpaid":true}""", 422)]
    [InlineData("""{"orderId":1443,"onlyIfUnpaid":false}""", 200)]
    [InlineData("""{"orderId":"1443","reason":"another"}""", 200)]
    public async Task A_key_cannot_be_reused_for_another_request(string body, int status)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(Post(Cancel, Key));
        foreach (var _ in (int[])[1, 2])
        {
            var answer = await service.SendAsync(Post(body, Key));
            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 422 ? "idempotency-key-reused" : null, answer.Problem);
            await service.RecordAsync();
        }
    }

    [Theory]
    [InlineData("""{"orderId":"1444"}""")]
    [InlineData("""{"orderId":"1443","reason":"another"}""")]
    public async Task A_webhook_id_is_one_body(string body)
    {
        await using var service = Service.Create(SigningShop.Settings());
        service.Vault.Secrets["webhook-shop"] = SigningShop.Secret;
        await service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(200, (await service.SendAsync(SigningShop.Request(service))).Status);
        await service.RecordAsync();
        Assert.Equal("true", (await service.SendAsync(SigningShop.Request(service))).Header("Idempotency-Replayed"));
        var other = await service.SendAsync(SigningShop.Request(service, body));
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Problem));
    }

    [Fact]
    public async Task A_failed_request_can_be_repeated_under_its_key()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(503, (await service.SendAsync(Post(Cancel, Key))).Status);
        await service.RecordAsync();
        service.Time.Advance(TimeSpan.FromMinutes(2));
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(200, (await service.SendAsync(Post(Cancel, Key))).Status);
        await service.RecordAsync(1);
        Assert.Equal("true", (await service.SendAsync(Post(Cancel, Key))).Header("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData(RowFault.Refuse)]
    [InlineData(RowFault.Hang)]
    [InlineData(RowFault.LoseAnswer)]
    [InlineData(RowFault.Conflict)]
    public async Task A_cancel_does_not_depend_on_the_records(object fault)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Rows.Fault = (RowFault)fault;
        Assert.Equal(200, (await service.SendAsync(Post(Cancel, Key))).Status);
        Assert.Equal(202, (await service.SendAsync(Post(Cancel, ("Prefer", "respond-async")))).Status);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Cancel));
    }

    [Fact]
    public async Task Tables_that_never_answer_delay_a_few_cancels_only()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Rows.Fault = RowFault.Hang;
        for (var request = 0; request < 20; request++)
        {
            await service.SendAsync(Post(Cancel, ("Idempotency-Key", $"key-{request}")));
        }

        Assert.InRange(service.Rows.Operations.Count, 1, 8);
    }

    [Theory]
    [InlineData("/api/requests/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("/api/orders/1443/outcomes")]
    public async Task Records_that_cannot_be_read_are_503(string path)
    {
        await using var service = await Service.StartAsync();
        service.Rows.Fault = RowFault.Refuse;
        var answer = await service.SendAsync(Get(path));
        Assert.Equal((503, "records-unavailable"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task The_outcomes_of_an_order_are_listed_newest_first_in_pages()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        for (var request = 0; request < 5; request++)
        {
            await service.SendAsync(Post(Cancel, ("Idempotency-Key", $"key-{request}")));
            service.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await service.RecordAsync();
        await service.RecordAsync();
        List<string?> ids = [];
        for (var path = "/api/orders/1443/outcomes?limit=2"; path is not null; )
        {
            var page = Service.Json(Encoding.UTF8.GetBytes((await service.SendAsync(Get(path))).Body));
            ids.AddRange(
                page.GetProperty("outcomes").EnumerateArray().Select(one => one.GetProperty("requestId").GetString())
            );
            path = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(["key-4", "key-3", "key-2", "key-1", "key-0"], ids);
    }

    [Theory]
    [InlineData("?limit=0", "#/limit")]
    [InlineData("?limit=101", "#/limit")]
    [InlineData("?limit=-1", "#/limit")]
    [InlineData("?limit=x", "#/limit")]
    [InlineData("?limit=1&limit=2", "#/limit")]
    [InlineData("?after=x", "#/after")]
    [InlineData("?after=' or true", "#/after")]
    public async Task A_page_that_does_not_exist_is_refused(string query, string pointer)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(Get($"/api/orders/1443/outcomes{query}"));
        Assert.Equal((422, pointer), (answer.Status, Assert.Single(answer.Pointers)));
    }

    [Fact]
    public async Task An_outcome_by_hash_is_found_under_the_order_id_too()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(Post("""{"hash":"9f86d081884c7d65"}"""));
        await service.RecordAsync();
        foreach (var order in (string[])["1443", "hash:9f86d081884c7d65"])
        {
            var answer = await service.SendAsync(Get($"/api/orders/{order}/outcomes"));
            Assert.Contains("\"cancelled\"", answer.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(
            Enum.GetValues<RowTable>().SelectMany(table => service.Rows[table]),
            static row =>
                row.Values.Values.Append(row.Key.Partition)
                    .Any(static text => text.Contains("9f86d081884c7d65", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Another_callers_request_id_and_reason_are_left_out()
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(Post("""{"orderId":"1443","reason":"mine"}""", Key, Principal("shop")));
        await service.RecordAsync();
        var own = await service.SendAsync(Get("/api/orders/1443/outcomes") with { Headers = [Principal("shop")] });
        var other = await service.SendAsync(Get("/api/orders/1443/outcomes"));
        Assert.Contains("mine", own.Body, StringComparison.Ordinal);
        Assert.Contains("cancelled", other.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", other.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("key-1", other.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onrampCancel_record")]
    [InlineData("onrampCancel_fingerprint")]
    [InlineData("onrampCancel_outcomeMac")]
    [InlineData("cloudEvents_id")]
    [InlineData("body")]
    public async Task An_event_that_this_service_did_not_write_is_not_recorded(string part)
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.SendAsync(Post(Cancel, Key));
        var sent = QueueTests.Deliver(service.Topic.Events.Single());
        var forged =
            part == "body"
                ? sent with
                {
                    Body = Encoding.UTF8.GetBytes(
                        Encoding.UTF8.GetString(sent.Body.Span).Replace("1443", "1444", StringComparison.Ordinal)
                    ),
                }
                : sent with
                {
                    Properties = new Dictionary<string, object>(sent.Properties)
                    {
                        [part] = $"{sent.Properties[part]}0",
                    },
                };
        service.Rows.Operations.Clear();
        Assert.True(await service.Get<OutcomeRecorder>().TryRecordAsync(forged, TestContext.Current.CancellationToken));
        Assert.Empty(service.Rows.Operations);
    }

    [Fact]
    public async Task A_recorder_without_tables_holds_its_event_and_gives_it_back_in_the_end()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Cancelled);
        await service.SendAsync(Post(Cancel, Key));
        var sent = QueueTests.Deliver(service.Topic.Events.Single());
        service.Rows.Fault = RowFault.Refuse;
        var recorder = service.Get<OutcomeRecorder>();
        var started = service.Time.GetUtcNow();
        Assert.False(await recorder.TryRecordAsync(sent, TestContext.Current.CancellationToken));
        Assert.InRange(service.Time.GetUtcNow() - started, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100));
        service.Rows.Fault = RowFault.None;
        service.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await recorder.TryRecordAsync(sent, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_late_failure_does_not_replace_a_final_outcome()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.OnCancel(Answers.Cancelled);
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.SendAsync(Post(Cancel, Key));
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.SendAsync(Post(Cancel, Key));
        Assert.Equal(["cancelled", "failed"], service.Topic.Events.Select(static sent => sent.Property("outcome")));
        await service.RecordAsync();
        var replayed = await service.SendAsync(Post(Cancel, Key));
        Assert.Equal((200, "true"), (replayed.Status, replayed.Header("Idempotency-Replayed")));
    }

    /// <summary>A retry copy can be handled before the delivery that scheduled it has written that it waits.</summary>
    [Theory]
    [InlineData(-1, "finished")]
    [InlineData(1, "waiting")]
    public async Task A_late_note_that_a_request_waits_does_not_hide_its_failure(int startedAfter, string state)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.SendAsync(Post(Cancel, Key));
        await service.RecordAsync();
        CancelRequest request = new()
        {
            RequestId = "key-1",
            Order = OrderReference.FromOrderId("1443"),
            Trigger = CancelTrigger.Queue,
            RequestedAt = service.Time.GetUtcNow(),
            RetryingSince = service.Time.GetUtcNow().AddSeconds(startedAfter),
        };

        await service
            .Get<RequestRecords>()
            .WaitAsync(
                request,
                service.Time.GetUtcNow(),
                "failed/unavailable",
                detail: null,
                TestContext.Current.CancellationToken
            );

        var answer = await service.SendAsync(Get($"/api/requests/{request.RecordId}"));
        Assert.Equal(state, answer.Text("state"));
        Assert.Equal(state == "waiting" ? 1 : 0, service.Rows[RowTable.CancelWaiting].Count);
    }

    [Fact]
    public async Task Rows_are_deleted_when_their_time_is_over_and_renewed_ones_are_kept()
    {
        await using var service = await Service.StartAsync(("Records__KeepFor", "60.00:00:00"));
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(Post(Cancel, ("Idempotency-Key", "old")));
        await service.ArmAsync("""{"after":"PT1H"}""", "1");
        await service.ArmAsync("""{"after":"PT1H"}""", "2");
        await service.DisarmAsync("1");
        await service.DisarmAsync("2");
        await service.RecordAsync();
        service.Time.Advance(TimeSpan.FromDays(59));
        await service.ArmAsync("""{"after":"P30D"}""", "2");
        await service.SendAsync(Post(Cancel, ("Idempotency-Key", "new")));
        await service.RecordAsync(1);
        Assert.Equal(0, await service.Get<RowRetention>().DeleteExpiredAsync(TestContext.Current.CancellationToken));

        service.Time.Advance(TimeSpan.FromDays(1.1));
        await service.Get<RowRetention>().DeleteExpiredAsync(TestContext.Current.CancellationToken);
        Assert.Equal("armed", Service.Json((await service.ShowAsync("2")).Body).GetProperty("state").GetString());
        Assert.Equal(404, (await service.ShowAsync("1")).StatusCode);
        Assert.Single(service.Rows[RowTable.CancelRequests]);
        Assert.Single(service.Rows[RowTable.CancelOutcomes]);
        Assert.Equal(2, service.Rows[RowTable.CancelRetention].Count);
    }

    /// <summary>The row was renewed after two hours, so its first entry names an hour that is over.</summary>
    [Theory]
    [InlineData(-1, 200)]
    [InlineData(0, 404)]
    public async Task A_renewed_row_is_kept_to_the_end_of_its_time(int ticks, int status)
    {
        await using var service = await Service.StartAsync(("Records__KeepFor", "60.00:00:00"));
        await service.ArmAsync("""{"after":"PT1H"}""");
        await service.DisarmAsync();
        service.Time.SetWallClock(TimeSpan.FromHours(2));
        await service.DisarmAsync();
        service.Time.SetWallClock(TimeSpan.FromDays(60) + TimeSpan.FromTicks(ticks));

        await service.Get<RowRetention>().DeleteExpiredAsync(TestContext.Current.CancellationToken);

        Assert.Equal(status, (await service.ShowAsync()).StatusCode);
    }

    private static Task<WaitingSummary> CountWaitingAsync(Service service, int limit = 100) =>
        service.Get<RequestRecords>().CountWaitingAsync(limit, TestContext.Current.CancellationToken);

    private static (string, string) Key => ("Idempotency-Key", "key-1");

    private static (string, string) Principal(string name) => ("X-MS-CLIENT-PRINCIPAL-ID", name);

    private static ContractRequest Post(string body, params (string, string)[] headers) =>
        new() { Body = Encoding.UTF8.GetBytes(body), Headers = [.. headers] };

    private static ContractRequest Get(string path)
    {
        var parts = path.Split('?');
        return new()
        {
            Method = "GET",
            Path = parts[0],
            Query = parts.Length == 1 ? "" : $"?{parts[1]}",
            ContentType = null,
        };
    }
}
