namespace Onramp.Cancellation.Tests;

/// <summary>Stale-order timeouts: armed, moved, shown, disarmed, fired.</summary>
public sealed class TimeoutTests
{
    private const string InHalfAnHour = """{"after":"PT30M"}""";

    [Theory]
    [InlineData("""{"after":"PT30M"}""", "2023-11-14T22:43:20")]
    [InlineData("""{"after":"P1DT2H"}""", "2023-11-16T00:13:20")]
    [InlineData("""{"at":"2023-11-14T23:30:00.5+01:00"}""", "2023-11-14T22:30:00.5")]
    public async Task Arming_schedules_an_alarm_and_writes_the_row(string body, string due)
    {
        await using var service = await Service.StartAsync(("Timeouts__Spread", "00:00:00"));
        var response = await service.ArmAsync(body);
        var armed = Service.Json(response.Body);
        Assert.Equal((201, "armed"), (response.StatusCode, armed.GetProperty("state").GetString()));
        Assert.Equal(DateTimeOffset.Parse(due + "Z", null), armed.GetProperty("dueAt").GetDateTimeOffset());
        var (message, dueAt) = Assert.Single(service.Queue.Scheduled).Value;
        Assert.Equal(armed.GetProperty("dueAt").GetDateTimeOffset(), dueAt);
        Assert.Equal("timeout", message.Property("trigger"));
        Assert.Equal(armed.GetProperty("requestId").GetString(), message.Property("onrampCancel_version"));
        Assert.True(Service.Json(message.Body).GetProperty("onlyIfUnpaid").GetBoolean());
        Assert.Equal(response.Body.ToArray(), (await service.ShowAsync()).Body.ToArray());
    }

    [Theory]
    [InlineData("{}", "#", "exactly one of after, at and whenExpired")]
    [InlineData("""{"after":"PT1M","at":"2030-01-01T00:00:00Z"}""", "#", "exactly one of")]
    [InlineData("""{"after":"PT1M","whenExpired":true}""", "#", "exactly one of")]
    [InlineData("""{"after":"PT0.5S"}""", "#/after", "between PT1S and P30D from now")]
    [InlineData("""{"after":60}""", "#/after", "ISO 8601")]
    [InlineData("""{"at":"2023-11-14T22:13:20Z"}""", "#/at", "between PT1S and P30D from now")]
    [InlineData("""{"at":"2020-01-01T00:00:00Z"}""", "#/at", "between PT1S and P30D from now")]
    [InlineData("""{"whenExpired":false}""", "#/whenExpired", "true or absent")]
    [InlineData("""{"whenExpired":"true"}""", "#/whenExpired", "true or absent")]
    [InlineData("""{"orderId":"1443","after":"PT1M"}""", "#/orderId", "the path names the order")]
    [InlineData("""{"hash":"abc","after":"PT1M"}""", "#/hash", "the path names the order")]
    [InlineData("""{"after":"PT1M","onlyIfUnpaid":false}""", "#/onlyIfUnpaid", "never cancels a paid order")]
    [InlineData("""{"after":"PT1M","reasn":"typo"}""", "#/reasn", "Unknown field")]
    public async Task Cannot_arm_without_a_sensible_time(string body, string expected, string words)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync(body);
        Assert.Equal(422, response.StatusCode);
        var error = Service.Json(response.Body).GetProperty("errors")[0];
        Assert.Equal(expected, error.GetProperty("pointer").GetString());
        Assert.Contains(words, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(service.Queue.Scheduled);
    }

    [Theory]
    [InlineData("""{"after":"PT0.999S"}""", 422)]
    [InlineData("""{"after":"PT1S"}""", 201)]
    [InlineData("""{"after":"P30D"}""", 201)]
    [InlineData("""{"after":"P30DT0.001S"}""", 422)]
    [InlineData("""{"at":"2023-11-14T22:13:20.999Z"}""", 422)]
    [InlineData("""{"at":"2023-11-14T22:13:21Z"}""", 201)]
    [InlineData("""{"at":"2023-12-14T22:13:20Z"}""", 201)]
    [InlineData("""{"at":"2023-12-14T22:13:20.001Z"}""", 422)]
    public async Task Can_arm_for_a_second_to_thirty_days(string body, int status)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(status, (await service.ArmAsync(body)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01443")]
    [InlineData("-1")]
    [InlineData("12345678901234567890")]
    [InlineData("abc")]
    [InlineData("hash:")]
    [InlineData("hash:a b")]
    [InlineData("HASH:abc")]
    public async Task Cannot_arm_show_or_disarm_without_a_valid_order(string order)
    {
        await using var service = await Service.StartAsync();
        foreach (
            var response in (ApiResponse[])
                [
                    await service.ArmAsync(InHalfAnHour, order),
                    await service.ShowAsync(order),
                    await service.DisarmAsync(order),
                ]
        )
        {
            Assert.Equal(422, response.StatusCode);
            Assert.Contains("\"#/order\"", response.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("hash:9f86d081884c7d65", "9f86d081884c7d65")]
    [InlineData("hash:a+b=c", "a+b=c")]
    [InlineData("hash:a%2Fb%2fc", "a/b/c")]
    public async Task An_order_can_be_named_by_its_hash(string path, string hash)
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour, path)).StatusCode);
        Assert.Equal(hash, Service.Json(service.Queue.Scheduled[1].Message.Body).GetProperty("hash").GetString());
        Assert.DoesNotContain(
            service.Rows[RowTable.CancelTimeouts],
            row => row.Values.Values.Append(row.Key.Partition).Contains(hash)
        );
        Assert.Equal(204, (await service.DisarmAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Arming_again_moves_the_timeout_and_takes_the_alarm_back()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var moved = await service.ArmAsync("""{"after":"PT1H","reason":"extended"}""");
        Assert.Equal(200, moved.StatusCode);
        Assert.Equal(2, Assert.Single(service.Queue.Scheduled).Key);
        Assert.Equal("extended", Service.Json((await service.ShowAsync()).Body).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_alarm_that_was_not_taken_back_does_nothing()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var first = service.Queue.Scheduled[1];
        await service.ArmAsync("""{"after":"PT1H"}""");
        service.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(first)));
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);
    }

    [Fact]
    public async Task Disarming_is_204_when_repeated_and_404_when_there_never_was_a_timeout()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal(404, (await service.DisarmAsync()).StatusCode);
        Assert.Equal(404, (await service.ShowAsync()).StatusCode);
        await service.ArmAsync(InHalfAnHour);
        Assert.Equal(204, (await service.DisarmAsync()).StatusCode);
        Assert.Equal(204, (await service.DisarmAsync()).StatusCode);
        Assert.Equal("disarmed", StateOf(await service.ShowAsync()));
        Assert.Empty(service.Queue.Scheduled);
        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour)).StatusCode);
    }

    [Fact]
    public async Task A_disarmed_timeout_does_not_fire_although_its_alarm_rings()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var alarm = service.Queue.Scheduled[1];
        service.Queue.Refuses = true;
        Assert.Equal(204, (await service.DisarmAsync()).StatusCode);
        service.Queue.Refuses = false;
        service.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(alarm)));
        Assert.Empty(service.Provider.Calls);
    }

    [Theory]
    [InlineData(0, "cancelled")]
    [InlineData(1, "not_cancellable")]
    [InlineData(2, "not_cancellable")]
    public async Task A_timeout_that_fires_cancels_an_unpaid_order_only(int status, string outcome)
    {
        await using var service = await Service.StartAsync();
        var armed = Service.Json((await service.ArmAsync(InHalfAnHour)).Body);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.OnGet(Answers.Order(status)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(service.Queue.Scheduled[1])));
        var sent = Assert.Single(service.Topic.Events);
        Assert.Equal((outcome, "timeout"), (sent.Property("outcome"), sent.Property("trigger")));
        Assert.Equal(armed.GetProperty("requestId").GetString(), sent.CorrelationId);
        Assert.Equal("fired", StateOf(await service.ShowAsync()));
        Assert.Equal("timeout-fired", (await service.DisarmAsync()).ToContract().Problem);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task An_alarm_whose_key_is_gone_still_asks_the_row(bool isDisarmed, int events)
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var alarm = Ring(service.Queue.Scheduled[1]);
        var forged = alarm with
        {
            Properties = new Dictionary<string, object>(alarm.Properties)
            {
                [MessageProperties.IdentityMac] = new string('0', 64),
            },
        };
        if (isDisarmed)
        {
            await service.DisarmAsync();
        }

        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(forged));
        Assert.Equal(events, service.Topic.Events.Count);
    }

    [Theory]
    [InlineData("onrampCancel_version", "0123456789abcdef0123456789abcdef")]
    [InlineData("onrampCancel_caller", "shop")]
    [InlineData("body", """{"orderId":"1444","onlyIfUnpaid":false}""")]
    public async Task An_alarm_that_somebody_made_up_does_nothing(string part, string value)
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var alarm = Ring(service.Queue.Scheduled[1]);
        Dictionary<string, object> properties = new(alarm.Properties);
        if (part != "body")
        {
            properties[part] = value;
            properties[MessageProperties.RequestId] = properties[MessageProperties.Version];
        }

        service.Time.Advance(TimeSpan.FromMinutes(31));
        var body = part == "body" ? System.Text.Encoding.UTF8.GetBytes(value) : alarm.Body;
        Assert.Equal(
            Settlement.Complete,
            await service.HandleAsync(alarm with { Properties = properties, Body = body })
        );
        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);
    }

    [Fact]
    public async Task An_alarm_that_is_delivered_again_after_the_firing_does_nothing()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        var alarm = Ring(service.Queue.Scheduled[1]);
        await service.HandleAsync(alarm);
        Assert.Equal(Settlement.Complete, await service.HandleAsync(alarm));
        Assert.Single(service.Topic.Events);
    }

    [Fact]
    public async Task A_timeout_that_is_firing_can_be_neither_disarmed_nor_moved()
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        await service.ArmAsync(InHalfAnHour);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.Otherwise = Answers.HtmlPage;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(service.Queue.Scheduled[1])));
        Assert.Equal("firing", StateOf(await service.ShowAsync()));
        Assert.Equal(409, (await service.DisarmAsync()).StatusCode);
        Assert.Equal(409, (await service.ArmAsync(InHalfAnHour)).StatusCode);

        // The retry copy keeps the version, and ends what began.
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(Ring(service.Queue.Scheduled.Last().Value));
        Assert.Equal("fired", StateOf(await service.ShowAsync()));
        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour)).StatusCode);
    }

    [Fact]
    public async Task A_timeout_that_failed_can_fire_again_when_its_message_is_replayed()
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryDelays__0", "00:00:05"),
            ("Queue__RetryJitter", "0"),
            ("Queue__GiveUpAfter", "00:00:05")
        );
        await service.ArmAsync(InHalfAnHour);
        var alarm = service.Queue.Scheduled[1];
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Ring(alarm));
        var last = await service.HandleAsync(Ring(service.Queue.Scheduled.Last().Value));
        Assert.Equal("DeliveriesExhausted", last.Reason);
        Assert.Equal("fired", StateOf(await service.ShowAsync()));

        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(Ring(alarm));
        Assert.Equal(["failed", "cancelled"], service.Topic.Events.Select(sent => sent.Property("outcome")));
    }

    [Fact]
    public async Task An_alarm_that_rings_before_its_row_is_written_waits_for_it()
    {
        await using var service = await Service.StartAsync();
        service.Rows.FaultOf = (name, key) =>
            key.Table == RowTable.CancelTimeouts && name == "insert" ? RowFault.Refuse : RowFault.None;
        Assert.Equal(503, (await service.ArmAsync("""{"after":"PT1S"}""")).StatusCode);
        var alarm = service.Queue.Scheduled[1];
        service.Time.Advance(TimeSpan.FromSeconds(2));
        await service.HandleAsync(Ring(alarm));
        var (copy, at) = service.Queue.Scheduled.Last().Value;
        Assert.Equal(service.Time.GetUtcNow().AddSeconds(10), at);
        service.Time.Advance(TimeSpan.FromMinutes(1));
        var scheduled = service.Queue.Scheduled.Count;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring((copy, at))));
        Assert.Equal(scheduled, service.Queue.Scheduled.Count);
        Assert.Empty(service.Provider.Calls);
    }

    [Theory]
    [InlineData(59.999, 1)]
    [InlineData(60, 0)]
    public async Task An_alarm_without_a_row_is_believed_for_a_minute(double age, int copies)
    {
        await using var service = await Service.StartAsync();
        service.Rows.FaultOf = (name, key) =>
            key.Table == RowTable.CancelTimeouts && name == "insert" ? RowFault.Refuse : RowFault.None;
        Assert.Equal(503, (await service.ArmAsync("""{"after":"PT1S"}""")).StatusCode);
        var scheduled = service.Queue.Scheduled.Count;
        service.Time.Advance(TimeSpan.FromSeconds(age));

        Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(service.Queue.Scheduled[1])));

        Assert.Equal(copies, service.Queue.Scheduled.Count - scheduled);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public async Task A_timeout_fires_from_the_moment_at_which_it_is_due(int ticks, int events)
    {
        await using var service = await Service.StartAsync(("Timeouts__Spread", "00:00:00"));
        await service.ArmAsync(InHalfAnHour);
        var alarm = Ring(service.Queue.Scheduled[1]);
        service.Time.Advance(TimeSpan.FromMinutes(30) + TimeSpan.FromTicks(ticks));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);

        await service.HandleAsync(alarm with { EnqueuedTime = service.Time.GetUtcNow() });

        Assert.Equal(events, service.Topic.Events.Count);
    }

    /// <summary>The broker dead-letters it when it expires. A copy without a time to live would never expire.</summary>
    [Theory]
    [InlineData(9.999, false)]
    [InlineData(10, false)]
    [InlineData(10.001, true)]
    public async Task An_alarm_that_expires_before_its_next_delivery_is_left_to_the_broker(
        double timeToLive,
        bool isScheduled
    )
    {
        await using var service = await Service.StartAsync(("Timeouts__Spread", "00:00:00"));
        await service.ArmAsync(InHalfAnHour);
        var alarm = Ring(service.Queue.Scheduled[1]);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Rows.Fault = RowFault.Refuse;

        var settlement = await service.HandleAsync(
            alarm with
            {
                EnqueuedTime = service.Time.GetUtcNow(),
                TimeToLive = TimeSpan.FromSeconds(timeToLive),
            }
        );

        Assert.Equal(isScheduled ? Settlement.Complete : Settlement.Abandon, settlement);
        Assert.Equal(isScheduled ? 2 : 1, service.Queue.Scheduled.Count);
    }

    /// <summary>
    /// How long the write of the row takes, by how much the wall clock is set meanwhile, both in seconds, and how many
    /// alarms are scheduled.
    /// </summary>
    [Theory]
    [InlineData(30, 0, 1)]
    [InlineData(30.001, 0, 2)]
    [InlineData(0, 30, 1)]
    [InlineData(0, 30.001, 2)]
    [InlineData(0, -31, 1)]
    [InlineData(31, -31, 2)]
    public async Task An_alarm_is_scheduled_again_if_its_row_may_be_late_by_either_clock(
        double elapsed,
        double set,
        int alarms
    )
    {
        await using var service = await Service.StartAsync();
        service.Rows.FaultOf = (name, key) =>
        {
            if (name == "insert" && key.Table == RowTable.CancelTimeouts)
            {
                service.Time.Advance(TimeSpan.FromSeconds(elapsed));
                service.Time.SetWallClock(TimeSpan.FromSeconds(set));
            }

            return RowFault.None;
        };

        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour)).StatusCode);

        Assert.Equal(alarms, service.Queue.Scheduled.Count);
    }

    [Fact]
    public async Task An_alarm_is_scheduled_again_if_the_clock_is_set_forward_before_its_row_is_written()
    {
        await using var service = await Service.StartAsync();
        service.Rows.FaultOf = (name, key) =>
        {
            if (name == "insert" && key.Table == RowTable.CancelTimeouts)
            {
                service.Time.SetWallClock(TimeSpan.FromMinutes(15));
            }

            return RowFault.None;
        };
        Assert.Equal(201, (await service.ArmAsync("""{"after":"PT3S"}""")).StatusCode);
        Assert.Equal(2, service.Queue.Scheduled.Count);
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(Ring(service.Queue.Scheduled[2]));
        Assert.Equal("cancelled", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    [Theory]
    [InlineData("insert")]
    [InlineData("replace")]
    public async Task A_lost_answer_of_the_tables_arms_once(string operation)
    {
        await using var service = await Service.StartAsync();
        if (operation == "replace")
        {
            await service.ArmAsync(InHalfAnHour);
        }

        var faults = 1;
        service.Rows.FaultOf = (name, key) =>
            key.Table == RowTable.CancelTimeouts && name == operation && faults-- > 0
                ? RowFault.LoseAnswer
                : RowFault.None;
        var armed = await service.ArmAsync("""{"after":"PT1H"}""");
        Assert.Equal(operation == "insert" ? 201 : 200, armed.StatusCode);
        var alarm = Assert.Single(service.Queue.Scheduled).Value.Message;
        Assert.Equal(
            Service.Json(armed.Body).GetProperty("requestId").GetString(),
            alarm.Property("onrampCancel_version")
        );
    }

    [Fact]
    public async Task A_conflicting_write_takes_its_alarm_back_and_starts_over()
    {
        await using var service = await Service.StartAsync();
        var faults = 2;
        service.Rows.FaultOf = (name, key) =>
            key.Table == RowTable.CancelTimeouts && name == "insert" && faults-- > 0
                ? RowFault.Conflict
                : RowFault.None;
        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour)).StatusCode);
        Assert.Equal(3, Assert.Single(service.Queue.Scheduled).Key);
    }

    [Theory]
    [InlineData(RowFault.Refuse)]
    [InlineData(RowFault.Hang)]
    public async Task Without_the_tables_arming_is_503_and_nothing_fires(object fault)
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var alarm = service.Queue.Scheduled[1];
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Rows.Fault = (RowFault)fault;
        foreach (
            var response in (ApiResponse[])
                [await service.ArmAsync(InHalfAnHour), await service.ShowAsync(), await service.DisarmAsync()]
        )
        {
            Assert.Equal("records-unavailable", response.ToContract().Problem);
            Assert.NotNull(response.Header("Retry-After"));
        }

        for (var delivery = 0; delivery < 40; delivery++)
        {
            Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(alarm)));
            alarm = service.Queue.Scheduled.Last().Value;
            service.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(service.Provider.Calls);
        Assert.Empty(service.Topic.Events);

        service.Rows.Fault = RowFault.None;
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(Ring(alarm));
        Assert.Equal("cancelled", Assert.Single(service.Topic.Events).Property("outcome"));
    }

    /// <summary>The alarm has waited for longer than it is retried.</summary>
    [Fact]
    public async Task Waiting_for_the_tables_takes_no_time_from_the_attempts()
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__RetryJitter", "0"),
            ("Queue__GiveUpAfter", "00:00:30")
        );
        await service.ArmAsync(InHalfAnHour);
        var alarm = service.Queue.Scheduled[1];
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.Otherwise = Answers.HtmlPage;
        List<string> history = [];
        List<string?> ids = [alarm.Message.MessageId];
        for (var delivery = 0; delivery < 30; delivery++)
        {
            service.Rows.Fault = delivery is < 10 or (> 11 and < 20) ? RowFault.Refuse : RowFault.None;
            var settlement = await service.HandleAsync(Ring(alarm));
            history.Add($"{settlement.Kind}");
            if (settlement != Settlement.Complete)
            {
                break;
            }

            alarm = service.Queue.Scheduled.Last().Value;
            ids.Add(alarm.Message.MessageId);
            service.Time.Advance(alarm.DueAt - service.Time.GetUtcNow());
        }

        // 18 waits, and attempts after 0, 5 and 35 s.
        Assert.Equal([.. Enumerable.Repeat("Complete", 20), "DeadLetter"], history);
        // A queue that detects duplicates would drop a copy with the id of an earlier one.
        Assert.Distinct(ids);
    }

    [Fact]
    public async Task A_queue_that_refuses_makes_arming_503_leaves_no_row_and_is_logged()
    {
        await using var service = await Service.StartAsync();
        service.Queue.Refuses = true;
        Assert.Equal("queue-unavailable", (await service.ArmAsync(InHalfAnHour)).ToContract().Problem);
        Assert.Empty(service.Rows[RowTable.CancelTimeouts]);
        Assert.Equal([506], LoggedBy(service));
    }

    [Fact]
    public async Task Every_change_is_counted_and_logged_once()
    {
        await using var service = await Service.StartAsync();
        using var meters = new Meters(service);
        await service.ArmAsync(InHalfAnHour);
        var moved = service.Queue.Scheduled.Last().Value;
        await service.ArmAsync("""{"after":"PT40M"}""");
        await service.DisarmAsync();
        await service.DisarmAsync();
        await service.ArmAsync(InHalfAnHour);
        var last = service.Queue.Scheduled.Last().Value;
        service.Time.Advance(TimeSpan.FromMinutes(31));
        await service.HandleAsync(Ring(moved));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        await service.HandleAsync(Ring(last));
        await service.HandleAsync(Ring(last));

        Assert.Equal(
            ["armed", "moved", "disarmed", "armed", "stray", "fired"],
            meters[ServiceInstrument.Timeouts].Select(static change => change.Of("event"))
        );
        Assert.Equal([501, 501, 502, 501, 504], LoggedBy(service));
    }

    [Fact]
    public async Task Cannot_be_armed_without_a_change_and_has_no_row_without_an_order()
    {
        await using var service = await Service.StartAsync();
        await Assert.ThrowsAsync<ArgumentNullException>(
            "change",
            () => service.Get<OrderTimeouts>().ArmAsync(null!, TestContext.Current.CancellationToken)
        );
        Assert.Throws<ArgumentNullException>("order", static () => TimeoutRow.Key(null!, caller: null));
        Assert.Throws<ArgumentNullException>("row", static () => TimeoutRow.Read(null!));
    }

    [Fact]
    public async Task A_row_edited_into_nonsense_is_logged_and_counts_as_missing()
    {
        await using var service = await Service.StartAsync();
        await service.ArmAsync(InHalfAnHour);
        var alarm = service.Queue.Scheduled[1];
        var key = Assert.Single(service.Rows[RowTable.CancelTimeouts]).Key;
        service.Time.Advance(TimeSpan.FromMinutes(31));
        foreach (
            var values in (Dictionary<string, string>[])
                [
                    [],
                    new() { ["state"] = "Armed" },
                    new()
                    {
                        ["version"] = "x",
                        ["state"] = "9",
                        ["dueAt"] = "soon",
                    },
                ]
        )
        {
            service.Rows.Put(key, values);
            Assert.Equal(404, (await service.ShowAsync()).StatusCode);
            Assert.Equal(404, (await service.DisarmAsync()).StatusCode);
            Assert.Equal(Settlement.Complete, await service.HandleAsync(Ring(alarm)));
        }

        Assert.Empty(service.Provider.Calls);
        Assert.Contains(
            service.Log.Lines,
            static line => line.Text.Contains("counts as missing", StringComparison.Ordinal)
        );
        Assert.Equal(201, (await service.ArmAsync(InHalfAnHour)).StatusCode);
    }

    [Fact]
    public async Task Timeouts_that_are_due_together_are_spread_by_a_tenth_of_their_delay_and_at_most_the_setting()
    {
        await using var service = await Service.StartAsync();
        foreach (var (after, spread) in ((string, double)[])[("PT1M", 6.0), ("PT30M", 10.0), ("P30D", 10.0)])
        {
            service.Queue.Scheduled.Clear();
            for (var order = 1; order <= 50; order++)
            {
                await service.ArmAsync($$"""{"after":"{{after}}"}""", $"{order}");
            }

            var due = service.Time.GetUtcNow() + System.Xml.XmlConvert.ToTimeSpan(after);
            var late = service.Queue.Scheduled.Values.Select(alarm => (alarm.DueAt - due).TotalSeconds).ToList();
            Assert.All(late, seconds => Assert.InRange(seconds, 0, spread));
            Assert.True(late.Max() - late.Min() > spread / 2);
        }
    }

    [Fact]
    public async Task Arming_costs_one_read_one_schedule_and_one_write_however_many_wait()
    {
        await using var service = await Service.StartAsync();
        List<int> counts = [];
        for (var order = 1; order <= 300; order++)
        {
            service.Rows.Operations.Clear();
            await service.ArmAsync(InHalfAnHour, $"{order}");
            counts.Add(service.Rows.Operations.Count);
        }

        Assert.All(counts, static count => Assert.Equal(2, count));
        Assert.Equal(300, service.Queue.Scheduled.Count);
    }

    /// <summary>An alarm as the queue delivers it now.</summary>
    private static InboundMessage Ring((OutboundMessage Message, DateTimeOffset DueAt) alarm) =>
        QueueTests.Deliver(alarm.Message) with
        {
            EnqueuedTime = alarm.DueAt,
        };

    /// <summary>The numbers of the lines about timeouts in the log.</summary>
    private static IEnumerable<int> LoggedBy(Service service) =>
        service.Log.Lines.Select(static line => line.Id).Where(static id => id is >= 500 and < 600);

    private static string? StateOf(ApiResponse response) =>
        Service.Json(response.Body).GetProperty("state").GetString();
}
