using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Onramp.Cancellation.Outcomes;
using OnrampFunctions.LocalHost.Faults;
using ServiceBusEmulator.Broker;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// Cancelling orders with the tool, their outcomes, and the status of the queues, while the service runs.
/// </summary>
public sealed class WorkTests
{
    private static readonly string[] Real = ["--queue", "cancel-requests"];

    [Fact]
    public async Task Cancels_by_the_queue_and_watches_the_outcome()
    {
        await using var duty = await OperatorSession.StartAsync();
        Assert.Equal(2, (await duty.RunAsync(["cancel", "1443", .. Real])).ExitCode);
        Assert.Equal(0, (await duty.RunAsync(["cancel", "1443", "--dry-run", .. Real])).ExitCode);

        var queued = await duty.RunAsync(["cancel", "1443", "--yes", "--json", "--request-id", "call-17", .. Real]);
        await duty.RunAsync(["cancel", "1444", "--yes", .. Real]);
        await duty.RunAsync([
            "cancel",
            "--hash",
            "9f86d081884c7d65",
            "--yes",
            "--only-if-unpaid",
            "--reason",
            "asked by telephone",
            .. Real,
        ]);
        Assert.Equal(
            (0, "call-17", true),
            (queued.ExitCode, (string?)queued.Json["requestId"], (bool)queued.Json["queued"]!)
        );
        await duty
            .Host.Broker.Local.WhenAsync(static counts => counts.Ready == 3, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);

        var watched = await duty.RunAsync(
            "outcomes",
            "watch",
            "--subscription",
            "local",
            "--since",
            "1h",
            "--for",
            "2s",
            "--json"
        );

        var seen = watched
            .Out.TrimEnd()
            .Split('\n')
            .Select(static line => JsonNode.Parse(line)!)
            .ToDictionary(static line => (string)line["order"]!);
        Assert.Equal(
            ("cancelled", "queue", "call-17"),
            ((string?)seen["1443"]["outcome"], (string?)seen["1443"]["trigger"], (string?)seen["1443"]["requestId"])
        );
        Assert.Equal(
            ("not_cancellable", "cancelled"),
            ((string?)seen["1444"]["outcome"], (string?)seen["9f86d081884c7d65"]["outcome"])
        );
        Assert.Equal(
            ("1443", "1448"),
            ((string?)seen["1443"]["orderId"], (string?)seen["9f86d081884c7d65"]["orderId"])
        );
        Assert.Equal(3, duty.Host.Broker.Local.Counts.Ready);

        var filtered = await duty.RunAsync(
            "outcomes",
            "watch",
            "--subscription",
            "local",
            "--since",
            "1h",
            "--for",
            "2s",
            "--outcome",
            "not_cancellable",
            "--trigger",
            "queue"
        );
        Assert.Equal(0, filtered.ExitCode);
        Assert.Contains(" not_cancellable queue   1444 ", filtered.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("1443", filtered.Out, StringComparison.Ordinal);
        Assert.All(OutcomeTable.Rows, row => Assert.Contains(row.Name, filtered.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sees_from_now_on_what_comes_from_now_on()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.RunAsync(["cancel", "1444", "--yes", .. Real]);
        await duty
            .Host.Broker.Local.WhenAsync(static counts => counts.Ready == 1, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        duty.Clock.Advance(TimeSpan.FromMinutes(1));

        var run = await duty.RunAsync("outcomes", "watch", "--subscription", "local", "--for", "2s", "--json");

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Counts_the_outcomes_of_each_of_the_last_fifteen_minutes_and_of_all()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using var duty = await OperatorSession.StartAsync(clock);
        for (var minute = 1; minute <= 17; minute++)
        {
            duty.Host.Broker.Results.Publish(
                new BrokerMessage
                {
                    MessageId = $"event-{minute}",
                    Properties =
                    [
                        new(OutcomeProperties.Outcome, "cancelled"),
                        new(OutcomeProperties.Trigger, "queue"),
                        new(OutcomeProperties.Subject, $"{minute}"),
                    ],
                }
            );
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var run = await duty.RunAsync("outcomes", "watch", "--subscription", "local", "--since", "1h", "--for", "1s");

        var lines = run.Out.Split('\n').Select(static line => line.Trim()).ToList();
        Assert.Equal(15, lines.Count(static line => line.Length > 5 && line[2] == ':' && line[5] == ' '));
        var all = Assert.Single(lines, static line => line.StartsWith("all", StringComparison.Ordinal));
        Assert.Contains("17", all.Split(' '));
    }

    [Theory]
    [InlineData("cancel 01", "An order id must be 1 to 19 digits")]
    [InlineData("cancel 9f86d081884c7d65", "A hash begins with hash:")]
    [InlineData("cancel 1443 --request-id a\tb", "--request-id must be")]
    [InlineData("cancel", "Specify the order, or a file of orders with --from.")]
    [InlineData("cancel 1443 --from orders.csv", "Specify only one of ORDER and --from.")]
    [InlineData("cancel --from orders.csv --hash", "--hash and --request-id cannot be used with --from")]
    [InlineData("cancel --from orders.csv --request-id a", "--hash and --request-id cannot be used with --from")]
    [InlineData("cancel 1443 --yes --request-id LONG", "--request-id must be 1 to 128 printable ASCII characters")]
    [InlineData("cancel --from orders.csv --rate 0", "--rate must be between 1 and 10000")]
    [InlineData("cancel --from orders.csv --rate 10001", "--rate must be between 1 and 10000")]
    [InlineData("cancel --from orders.csv --results r.csv", "--results needs --wait.")]
    [InlineData("cancel 1443 --wait-for 1m", "--wait-for needs --wait.")]
    [InlineData("cancel 1443 --wait --wait-for long", "--wait-for must be a number with s, m, h or d")]
    [InlineData("cancel 1443 --rate 5", "--rate, --skip-invalid and --results need --from.")]
    [InlineData("cancel 1443 --skip-invalid", "--rate, --skip-invalid and --results need --from.")]
    [InlineData("outcomes", "Specify the order: --order.")]
    [InlineData("outcomes --order 01", "An order id must be 1 to 19 digits")]
    [InlineData("outcomes --order hash:", "A hash must be 1 to 256 printable ASCII characters")]
    [InlineData("outcomes --order 1443 --top 0", "--top must be between 1 and 100000.")]
    [InlineData("outcomes --order 1443 --top 100001", "--top must be between 1 and 100000.")]
    [InlineData("timeouts list --state gone", "Valid values: armed, firing, fired, disarmed.")]
    [InlineData("timeouts show", "Specify the order: --order.")]
    [InlineData("timeouts disarm --caller shop", "Specify the order: --order.")]
    [InlineData("outcomes watch", "--subscription local")]
    [InlineData("outcomes watch --subscription local --outcome lost", "cancelled, not_cancellable")]
    [InlineData("outcomes watch --subscription local --trigger fax", "http, webhook, queue, timeout")]
    [InlineData("outcomes watch --subscription local --for soon", "--for must be a number with s, m, h or d")]
    [InlineData("dead-letters list --older-than -5m", "--older-than")]
    [InlineData("dead-letters list --older-than 5", "--older-than must be a number with s, m, h or d")]
    [InlineData("dead-letters list --older-than 100001d", "--older-than must be a number with s, m, h or d")]
    [InlineData("dead-letters replay --rate 0 --yes", "--rate must be between 1 and 10000")]
    [InlineData("dead-letters replay --rate 10001 --yes", "--rate must be between 1 and 10000")]
    [InlineData("dead-letters replay --rat 5", "Unknown option 'rat'. Did you mean --rate? See onramp-cancel --help.")]
    [InlineData("dead-letters replay --tables x", "Unknown option 'tables'. See")]
    [InlineData("cancel 1443 --resaon x", "Did you mean --reason?")]
    [InlineData("dead-letters bury", "Unknown command 'bury'. See")]
    [InlineData("dead-letters lst", "Unknown command 'lst'. Did you mean list? See onramp-cancel --help.")]
    [InlineData("dead-letter list", "Did you mean dead-letters?")]
    [InlineData("timeouts disamr --order 1443", "Did you mean disarm?")]
    [InlineData("list", "Unknown command 'list'. See")]
    [InlineData("stauts", "Did you mean status?")]
    [InlineData("status --limit 0", "--limit must be at least 1")]
    [InlineData("status --app localhost", "--app must be a complete address")]
    [InlineData("status --app http://", "--app must be a complete address")]
    [InlineData("status --limit many", "'many' is not a whole number up to 2147483647. See onramp-cancel --help.")]
    [InlineData(
        "status --limit 99999999999",
        "'99999999999' is not a whole number up to 2147483647. See onramp-cancel --help."
    )]
    [InlineData(
        "dead-letters replay --rate 0.5 --yes",
        "'0.5' is not a whole number up to 2147483647. See onramp-cancel --help."
    )]
    [InlineData(
        "dead-letters show DeliveriesExhausted",
        "'DeliveriesExhausted' is not a number from the list. See onramp-cancel --help."
    )]
    [InlineData("dead-letters list 4711 x", "'x' is not a number from the list. See onramp-cancel --help.")]
    public async Task Refuses_a_wrong_command_line_in_one_sentence(string line, string words)
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await duty.RunAsync(line.Replace("LONG", new string('x', 129), StringComparison.Ordinal).Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(words, run.Sentence, StringComparison.Ordinal);
    }

    /// <summary>The order has no outcome, and the queue has no dead letter.</summary>
    [Fact]
    public async Task Takes_options_up_to_their_limits()
    {
        await using var duty = await OperatorSession.StartAsync();
        string[] lines =
        [
            $"cancel 1443 --yes --request-id {new string('x', 128)}",
            "outcomes --order 1443 --top 1",
            "outcomes --order 1443 --top 100000",
            "dead-letters list --older-than 100000d",
            "dead-letters replay --rate 1 --yes",
            "dead-letters replay --rate 10000 --yes",
        ];
        foreach (var line in lines)
        {
            var run = await duty.RunAsync(line.Split(' '));
            Assert.True(run.ExitCode is 0 or 3, $"{line}: {run.Error}");
        }
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused_in_the_services_own_words()
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await duty.RunAsync(["cancel", "1443", "--yes", "--reason", new string('x', 201), .. Real]);
        Assert.Equal((2, "reason: Must be a string of at most 200 characters."), (run.ExitCode, run.Sentence));
    }

    [Fact]
    public async Task Says_what_lies_where_and_whether_the_app_is_well()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("DeliveriesExhausted", "", OperatorSession.Cancel("1"), OperatorSession.Cancel("2"));
        await duty.KillAsync("InvalidMessage", "", OperatorSession.Cancel("3"));
        await using (var sender = duty.Client.CreateSender(OperatorSession.Parked))
        {
            await sender.SendMessageAsync(OperatorSession.Cancel("4"), OperatorSession.Token);
            await sender.ScheduleMessageAsync(
                OperatorSession.Cancel("5"),
                DateTimeOffset.Parse("2100-01-01T00:00:00Z", null),
                OperatorSession.Token
            );
        }

        // The messages are slightly younger than the clock.
        duty.Clock.Advance(TimeSpan.FromMinutes(91));
        string[] status = ["status", "--subscription", "local", "--app", $"{duty.Host.BaseAddress}"];
        var json = (await duty.RunAsync([.. status, "--json"])).Json;
        var text = await duty.RunAsync(status);

        Assert.Equal(
            (1, 1, 0),
            (
                (int)json["queue"]!["depth"]!["active"]!,
                (int)json["queue"]!["depth"]!["scheduled"]!,
                (int)json["queue"]!["depth"]!["timeouts"]!
            )
        );
        Assert.Equal(
            (3, 2, 1),
            (
                (int)json["queue"]!["deadLetters"]!["count"]!,
                (int)json["queue"]!["deadLetters"]!["reasons"]!["DeliveriesExhausted"]!,
                (int)json["queue"]!["deadLetters"]!["reasons"]!["InvalidMessage"]!
            )
        );
        Assert.Equal((200, "ready"), ((int)json["app"]!["httpStatus"]!, (string?)json["app"]!["says"]));
        Assert.Contains(
            "Dead letters: 2 DeliveriesExhausted, 1 InvalidMessage; the oldest was sent 1 h 30 min ago.",
            text.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("cancel-results/local", text.Out, StringComparison.Ordinal);

        var limited = (await duty.RunAsync("status", "--limit", "2", "--json")).Json["queue"]!["deadLetters"]!;
        Assert.Equal((2, true), ((int)limited["count"]!, (bool)limited["isMore"]!));
    }

    /// <summary>Five messages in the queue, and two dead letters.</summary>
    [Theory]
    [InlineData(1, 1, 0, true, 1, true)]
    [InlineData(2, 2, 0, true, 2, false)]
    [InlineData(4, 2, 2, true, 2, false)]
    [InlineData(5, 2, 3, false, 2, false)]
    [InlineData(6, 2, 3, false, 2, false)]
    public async Task Status_says_the_oldest_and_the_next_of_as_many_as_the_limit(
        int limit,
        int active,
        int scheduled,
        bool isMore,
        int dead,
        bool isMoreDead
    )
    {
        // AMQP carries whole milliseconds.
        var start = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        FakeTimeProvider clock = new(start);
        await using var duty = await OperatorSession.StartAsync(clock);
        Assert.True(duty.Host.Broker.TryFind(OperatorSession.Parked, out var parked));
        foreach (var letter in (string[])["dead-1", "dead-2"])
        {
            parked.Send(new BrokerMessage { MessageId = letter });
            parked.TryDeadLetter(parked.TryReceive()!, "Reason", description: null);
            clock.Advance(TimeSpan.FromHours(1));
        }

        foreach (var order in (string[])["1", "2"])
        {
            parked.Send(new BrokerMessage { MessageId = order });
            clock.Advance(TimeSpan.FromHours(1));
        }

        foreach (var hours in (int[])[6, 5, 7])
        {
            parked.Schedule(new BrokerMessage { MessageId = $"{hours}" }, start.AddHours(hours));
        }

        var run = await duty.RunAsync("status", "--subscription", "local", "--limit", $"{limit}", "--json");

        var (depth, letters) = (run.Json["queue"]!["depth"]!, run.Json["queue"]!["deadLetters"]!);
        Assert.Equal(
            (active, scheduled, isMore, start.AddHours(2), NextDue()),
            (
                (int)depth["active"]!,
                (int)depth["scheduled"]!,
                (bool)depth["isMore"]!,
                (DateTimeOffset)depth["oldest"]!,
                (DateTimeOffset?)depth["nextDue"]
            )
        );
        Assert.Equal(
            (dead, isMoreDead, start),
            ((int)letters["count"]!, (bool)letters["isMore"]!, (DateTimeOffset)letters["oldest"]!)
        );

        DateTimeOffset? NextDue() => scheduled == 0 ? null : start.AddHours(5);
    }

    [Fact]
    public async Task Status_says_how_many_requests_wait_since_when_and_why()
    {
        await using var duty = await OperatorSession.StartAsync(
            ("Queue__RetryDelays__0", "02:00:00"),
            ("Queue__RetryJitter", "0"),
            ("Onramp__MaxRetries", "0")
        );
        duty.Host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.Http503, 1.0)]),
        };
        foreach (var order in (string[])["1", "2", "3"])
        {
            duty.Host.Simulator.Put(order, LocalHost.Simulator.OrderStates.Waiting);
        }

        await using (var sender = duty.Client.CreateSender(duty.Host.Broker.Requests.Name))
        {
            await sender.SendMessagesAsync(
                [OperatorSession.Cancel("1"), OperatorSession.Cancel("2"), OperatorSession.Cancel("3")],
                OperatorSession.Token
            );
        }

        await duty
            .Host.Broker.Requests.WhenAsync(counts => counts is { IsIdle: true, Scheduled: 3 }, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        duty.Clock.Advance(TimeSpan.FromMinutes(91));

        string[] status = ["status", "--subscription", "local"];
        var json = (await duty.RunAsync([.. status, "--json"])).Json["retrying"]!;
        Assert.Equal(
            (3, false, 3),
            ((int)json["count"]!, (bool)json["isMore"]!, (int)json["causes"]!["failed/unavailable"]!)
        );
        var text = await duty.RunAsync([.. status, "--queue", duty.Host.Broker.Requests.Name]);
        const string line =
            @"Waiting for another attempt: \d \(\d failed/unavailable\); the oldest for \d.+, the next attempt is due 20";
        Assert.Matches(line, text.Out);
        Assert.Contains("3 (3 failed/unavailable); the oldest for 1 h 3", text.Out, StringComparison.Ordinal);
        Assert.Contains("Scheduled: 0 timeouts, 3 other messages; the next is due", text.Out, StringComparison.Ordinal);
        Assert.Matches(line, await File.ReadAllTextAsync(HelpTests.DocumentPath, OperatorSession.Token));
        Assert.Contains(
            "more than 2",
            (await duty.RunAsync([.. status, "--limit", "2"])).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Tables_that_cannot_be_read_are_reported_and_hide_nothing_else()
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await duty.RunAsync("status", "--subscription", "local", "--tables", "http://127.0.0.1:9");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("127.0.0.1 cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.Contains("parked", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "http://127.0.0.1:9",
        "App http://127.0.0.1:9/: no response",
        "The app does not respond at http://127.0.0.1:9/: check the address, and whether the app is running."
    )]
    [InlineData(
        "HOST/simulator",
        "App HOST/simulator: 404, ",
        "The app at HOST/simulator is not healthy, or it is another app: see docs/operations.md."
    )]
    public async Task An_unhealthy_app_is_reported_and_hides_nothing_else(string app, string line, string sentence)
    {
        await using var duty = await OperatorSession.StartAsync();
        var host = $"{duty.Host.BaseAddress}".TrimEnd('/');

        var run = await duty.RunAsync("status", "--app", app.Replace("HOST", host, StringComparison.Ordinal));

        Assert.Equal(
            (1, sentence.Replace("HOST", host, StringComparison.Ordinal)),
            (run.ExitCode, run.Error.TrimEnd())
        );
        Assert.Contains(line.Replace("HOST", host, StringComparison.Ordinal), run.Out, StringComparison.Ordinal);
        Assert.Contains("parked", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dead-letters list", "There are no dead letters in parked.")]
    [InlineData("dead-letters list --reason InvalidMessage", "No matching dead letters in parked.")]
    [InlineData("dead-letters replay --yes", "There are no dead letters in parked.")]
    [InlineData("dead-letters remove --order 1 --yes", "No matching dead letters in parked.")]
    [InlineData("timeouts list", "No timeouts in 127.0.0.1.")]
    [InlineData("timeouts show --order 1443", "No caller ever armed a timeout of order 1443, or it is no longer kept.")]
    [InlineData(
        "timeouts disarm --order 1443 --caller shop --yes",
        "shop never armed a timeout of order 1443, or it is no longer kept."
    )]
    [InlineData("outcomes --order 1443", "No outcome of order 1443 is recorded in 127.0.0.1.")]
    public async Task Distinguishes_an_empty_queue_from_no_match(string line, string sentence)
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await duty.RunAsync(line.Split(' '));
        Assert.Equal((3, sentence), (run.ExitCode, run.Sentence));
    }
}
