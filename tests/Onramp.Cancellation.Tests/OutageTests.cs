using Onramp.Testing.Limits;

namespace Onramp.Cancellation.Tests;

/// <summary>The provider is down for minutes or for a night while messages and calls continue to arrive.</summary>
[StartsFirst]
public sealed class OutageTests
{
    private const int Messages = 200;
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task While_the_circuit_is_open_callers_do_not_wait_and_learn_when_to_retry()
    {
        await using var service = await Service.StartAsync(("Onramp:CircuitMinimumCalls", "4"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.CancelAsync();
        var (calls, waits) = (service.Provider.Calls.Count, service.Time.Delays.Count);

        var outcome = await service.CancelAsync();

        Assert.Equal((OutcomeKind.Unavailable, 1), (outcome.Kind, outcome.Attempts));
        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
        Assert.Equal(4, calls);
        Assert.Equal((calls, waits), (service.Provider.Calls.Count, service.Time.Delays.Count));
    }

    [Fact]
    public async Task Failures_with_an_open_circuit_are_always_reported_as_unavailable_and_never_as_throttled()
    {
        await using var service = await Service.StartAsync(
            ("Onramp:MaxRetries", "0"),
            ("Onramp:CircuitMinimumCalls", "4"),
            ("Queue:RetryDelays:0", "00:00:01"),
            ("Queue:GiveUpAfter", "00:00:01"),
            ("Queue:RetryJitter", "0")
        );
        using var meters = new Meters(service);
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.CancelAsync();
        await service.CancelAsync();
        var calls = service.Provider.Calls.Count;
        for (var message = 0; message < 19; message++)
        {
            Assert.Equal(
                Settlement.Complete,
                await service.HandleAsync("""{"orderId":"1443"}""", messageId: $"message-{message}")
            );
        }

        var descriptions = new List<string?>();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var (copy, _) in service.Queue.Scheduled.Values.ToList())
        {
            descriptions.Add((await service.HandleAsync(QueueTests.Deliver(copy))).Description);
        }

        var answer = await service.SendAsync(new() { Body = "{\"orderId\":\"1443\"}"u8.ToArray() });
        Assert.Equal((503, "unavailable"), (answer.Status, answer.Problem));
        Assert.NotNull(answer.Header("Retry-After"));
        Assert.Equal(calls, service.Provider.Calls.Count);
        Assert.Equal(20, service.Topic.Events.Count);
        Assert.All(
            service.Topic.Events,
            static sent => Assert.Equal("unavailable", Service.Json(sent.Body).GetProperty("reasonCode").GetString())
        );
        Assert.All(
            descriptions,
            static description =>
                Assert.StartsWith(
                    "unavailable after 2 deliveries: calls to Onramp are suspended",
                    description,
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(
            ["unavailable"],
            meters[ServiceInstrument.Outcomes].Select(static outcome => outcome.Of("error.type")).Distinct()
        );
        Assert.DoesNotContain(
            service.Log.Lines,
            static line => line.Text.Contains("throttled", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Messages_are_completed_later_callers_are_asked_to_retry_and_the_provider_is_not_flooded()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        var start = service.Time.GetUtcNow();
        var calls = new List<TimeSpan>();
        service.Provider.Otherwise = (call, time, token) =>
        {
            calls.Add(time.GetUtcNow() - start);
            return (calls[^1] < Outage ? Answers.HtmlPage : Answers.Cancelled)(call, time, token);
        };

        // Messages by due time, and a call every ten seconds until well after the outage.
        var queue = new PriorityQueue<Func<Task>, DateTimeOffset>();
        var callers = new List<(TimeSpan At, ApiResponse Response)>();
        var settlements = new List<SettlementKind>();
        for (var message = 0; message < Messages; message++)
        {
            var inbound = new InboundMessage
            {
                MessageId = $"message-{message}",
                SequenceNumber = message,
                Body = """{"orderId":"1443"}"""u8.ToArray(),
            };
            queue.Enqueue(() => DeliverAsync(inbound), start + TimeSpan.FromMilliseconds(message * 50));
        }

        for (var second = 0; second < 900; second += 10)
        {
            queue.Enqueue(CallAsync, start + TimeSpan.FromSeconds(second));
        }

        while (queue.TryDequeue(out var next, out var dueAt))
        {
            var now = service.Time.GetUtcNow();
            service.Time.Advance(dueAt > now ? dueAt - now : TimeSpan.Zero);
            await next();
        }

        var outcomes = service.Topic.Events.Where(sent => (string)sent.Property("trigger") == "queue").ToList();
        Assert.All(settlements, kind => Assert.Equal(SettlementKind.Complete, kind));
        Assert.Equal(Messages, outcomes.Select(sent => sent.MessageId).Distinct().Count());
        Assert.All(outcomes, sent => Assert.Equal("cancelled", sent.Property("outcome")));

        Assert.All(
            callers.Where(caller => caller.At < Outage),
            caller =>
            {
                Assert.Equal(503, caller.Response.StatusCode);
                Assert.Contains(caller.Response.Headers, header => header.Key == "Retry-After");
            }
        );
        Assert.All(
            callers.Where(caller => caller.At > Outage + TimeSpan.FromSeconds(20)),
            caller => Assert.Equal(200, caller.Response.StatusCode)
        );

        Assert.Contains(service.Log.Lines, line => line.Text.StartsWith("Circuit opened", StringComparison.Ordinal));
        Assert.Contains(service.Log.Lines, line => line.Text.StartsWith("Circuit closed", StringComparison.Ordinal));
        Assert.InRange(calls.Count(at => at < Outage), 20, 150);
        Assert.InRange(calls.GroupBy(at => Math.Floor(at.TotalSeconds)).Max(second => second.Count()), 1, 40);

        async Task DeliverAsync(InboundMessage message)
        {
            var scheduledBefore = service.Queue.Scheduled.Count;
            settlements.Add((await service.HandleAsync(message)).Kind);
            if (service.Queue.Scheduled.Count > scheduledBefore)
            {
                var (copy, dueAt) = service.Queue.Scheduled.Values.Last();
                queue.Enqueue(() => DeliverAsync(QueueTests.Deliver(copy)), dueAt);
            }
        }

        async Task CallAsync() =>
            callers.Add((service.Time.GetUtcNow() - start, await service.PostAsync("""{"orderId":"1443"}""")));
    }

    /// <summary>A provider that is away from the evening until the morning, and requests at any time of the night.</summary>
    [Fact]
    public async Task A_night_without_a_provider_fails_no_request_and_floods_nobody()
    {
        const int requests = 300;
        var night = TimeSpan.FromHours(12);
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        var start = service.Time.GetUtcNow();
        List<TimeSpan> calls = [];
        service.Provider.Otherwise = (call, time, token) =>
        {
            calls.Add(time.GetUtcNow() - start);
            return (calls[^1] < night ? Answers.HtmlPage : Answers.Cancelled)(call, time, token);
        };
        PriorityQueue<InboundMessage, DateTimeOffset> queue = new();
        for (var number = 0; number < requests; number++)
        {
            // Half of them in the first minute, as an outage under load begins.
            var at = start + (number % 2 == 0 ? TimeSpan.FromMinutes(1) : night) * number / requests;
            InboundMessage message = new()
            {
                MessageId = $"message-{number}",
                SequenceNumber = number,
                EnqueuedTime = at,
                Body = """{"orderId":"1443"}"""u8.ToArray(),
            };
            queue.Enqueue(message, at);
        }

        List<Settlement> settlements = [];
        while (queue.TryDequeue(out var message, out var dueAt))
        {
            var now = service.Time.GetUtcNow();
            service.Time.Advance(dueAt > now ? dueAt - now : TimeSpan.Zero);
            settlements.Add(await service.HandleAsync(message));
            foreach (var (number, copy) in service.Queue.Scheduled.ToList())
            {
                queue.Enqueue(QueueTests.Deliver(copy.Message) with { EnqueuedTime = copy.DueAt }, copy.DueAt);
                service.Queue.Scheduled.Remove(number);
            }
        }

        Assert.All(settlements, static settlement => Assert.Equal(Settlement.Complete, settlement));
        Assert.Equal(
            Enumerable.Range(0, requests).Select(static number => $"message-{number} cancelled").Order(),
            service.Topic.Events.Select(static sent => $"{sent.CorrelationId} {sent.Property("outcome")}").Order()
        );

        // The circuit lets one call through after each break, so the night costs the provider few calls. In the morning
        // the backlog comes back over half an hour.
        var end = service.Time.GetUtcNow() - start;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{settlements.Count} deliveries, {calls.Count(at => at < night)} calls in the night, "
                + $"{calls.Where(at => at >= night).GroupBy(at => Math.Floor(at.TotalSeconds)).Max(one => one.Count())} "
                + $"in the busiest second of the morning; the last request is done after {end}"
        );
        Assert.InRange(calls.Count(at => at < night), 100, 3000);
        Assert.InRange(
            calls.Where(at => at >= night).GroupBy(at => Math.Floor(at.TotalSeconds)).Max(one => one.Count()),
            1,
            20
        );
        Assert.InRange(end, night, night + TimeSpan.FromMinutes(40));
    }
}
