using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Lists, shows and disarms timeouts that the service armed.</summary>
public sealed class TimeoutTests
{
    private const string Hash = "9f86d081884c7d65";

    private static readonly string[] Real = ["--queue", "cancel-requests"];

    [Fact]
    public async Task Lists_armed_timeouts_and_others_on_request()
    {
        await using var duty = await OperatorSession.StartAsync();
        await ArmAsync(duty, "1443", """{"after":"PT2H","reason":"stale"}""");
        await ArmAsync(duty, "1448", """{"after":"PT1H"}""");
        await ArmAsync(duty, $"hash:{Hash}", """{"after":"PT3H"}""");
        await duty.RunAsync("timeouts", "disarm", "--order", "1448", "--yes");

        var text = await duty.RunAsync("timeouts", "list");

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Contains("2 listed, of 3 timeouts in 127.0.0.1.", text.Error, StringComparison.Ordinal);
        Assert.Matches("armed +[^ ]+ [^ ]+ +(1 h 59|2 h 0) min +1443 +- +stale\n", text.Out);
        Assert.Contains("(by hash)", text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Hash, text.Out, StringComparison.Ordinal);
        Assert.Equal(["armed 1443", "armed "], await ListAsync(duty), StringComparer.Ordinal);
        Assert.Equal(["disarmed 1448"], await ListAsync(duty, "--state", "disarmed"));
        Assert.Equal(3, (await ListAsync(duty, "--state", "disarmed", "--state", "armed")).Length);
        Assert.Equal(3, (await duty.RunAsync("timeouts", "list", "--caller", "shop")).ExitCode);
        Assert.Equal(3, (await duty.RunAsync("timeouts", "list", "--state", "fired")).ExitCode);
    }

    [Fact]
    public async Task Lists_more_timeouts_than_the_tables_return_at_once()
    {
        const int Count = 2500;
        await using var duty = await OperatorSession.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(number => WriteAsync(duty, $"{number}", caller: null)));
        await duty
            .Host.Services.GetRequiredService<IRowStore>()
            .TryInsertAsync(
                new RowKey(RowTable.CancelTimeouts, "nonsense", "row"),
                new Dictionary<string, string> { ["state"] = "\e[31m" },
                OperatorSession.Token
            );

        var run = await duty.RunAsync("timeouts", "list", "--json");

        Assert.Equal((0, Count), (run.ExitCode, run.Out.TrimEnd().Split('\n').Distinct().Count()));
        Assert.Contains("Skipped row nonsense/row of CancelTimeouts", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_timeout_of_each_caller()
    {
        await using var duty = await OperatorSession.StartAsync();
        await ArmAsync(duty, "1443", """{"after":"PT2H","reason":"stale"}""");
        await WriteAsync(duty, "1443", "shop");

        var all = await duty.RunAsync("timeouts", "show", "--order", "1443", "--json");
        var shop = await duty.RunAsync("timeouts", "show", "--order", "1443", "--caller", "shop");

        Assert.Equal((0, 2), (all.ExitCode, (int)all.Json["count"]!));
        Assert.Contains(all.Json["timeouts"]!.AsArray(), static one => (string?)one!["reason"] == "stale");
        Assert.Contains("caller        shop\n", shop.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("stale", shop.Out, StringComparison.Ordinal);
        Assert.Equal(3, (await duty.RunAsync("timeouts", "show", "--order", "1443", "--caller", "other")).ExitCode);
    }

    [Theory]
    [InlineData("1443")]
    [InlineData("hash:" + Hash)]
    public async Task Disarms_the_timeouts_of_one_order_and_removes_their_alarms(string order)
    {
        await using var duty = await OperatorSession.StartAsync();
        await ArmAsync(duty, order, """{"after":"PT2H"}""");
        await ArmAsync(duty, "1448", """{"after":"PT1H"}""");
        string[] disarm = ["timeouts", "disarm", "--order", order, .. Real];

        Assert.Equal(2, (await duty.RunAsync(disarm)).ExitCode);
        Assert.Equal(0, (await duty.RunAsync([.. disarm, "--dry-run"])).ExitCode);
        Assert.Equal(("armed", 2), (await StateAsync(duty, order), duty.Host.Broker.Requests.Counts.Scheduled));

        var run = await duty.RunAsync([.. disarm, "--yes", "--json"]);

        Assert.Equal((0, "disarmed"), (run.ExitCode, (string?)run.Json["timeouts"]![0]!["result"]));
        Assert.Equal(("disarmed", 1), (await StateAsync(duty, order), duty.Host.Broker.Requests.Counts.Scheduled));
        Assert.Equal("armed", await StateAsync(duty, "1448"));
        var again = await duty.RunAsync([.. disarm, "--yes"]);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("was already disarmed.", again.Sentence, StringComparison.Ordinal);
    }

    /// <summary>The namespace is not needed: the alarm of a disarmed timeout does nothing.</summary>
    [Fact]
    public async Task Disarms_without_a_namespace()
    {
        await using var duty = await OperatorSession.StartAsync();
        await ArmAsync(duty, "1443", """{"after":"PT2H"}""");

        var run = await Run.ToolAsync([
            "timeouts",
            "disarm",
            "--order",
            "1443",
            "--yes",
            "--tables",
            $"{duty.Host.BaseAddress}",
        ]);

        Assert.Equal(
            (0, "The timeout of order 1443 that the unnamed caller armed is disarmed."),
            (run.ExitCode, run.Sentence)
        );
        Assert.Equal(("disarmed", 1), (await StateAsync(duty, "1443"), duty.Host.Broker.Requests.Counts.Scheduled));
    }

    [Theory]
    [InlineData(TimeoutState.Firing, "is firing: its order is being cancelled. It cannot be disarmed.")]
    [InlineData(TimeoutState.Fired, "has fired: cancelled. It cannot be disarmed.")]
    public async Task Cannot_disarm_a_timeout_that_fires_or_has_fired(TimeoutState state, string words)
    {
        await using var duty = await OperatorSession.StartAsync();
        await WriteAsync(duty, "1443", "shop", state);

        var run = await duty.RunAsync("timeouts", "disarm", "--order", "1443", "--yes");

        Assert.Equal((1, $"The timeout of order 1443 that shop armed {words}"), (run.ExitCode, run.Sentence));
        Assert.Equal(state.Name(), await StateAsync(duty, "1443"));
    }

    [Fact]
    public async Task Disarms_only_the_timeout_of_the_named_caller()
    {
        await using var duty = await OperatorSession.StartAsync();
        await WriteAsync(duty, "1443", "shop");
        await WriteAsync(duty, "1443", "crm");

        Assert.Equal(
            0,
            (await duty.RunAsync("timeouts", "disarm", "--order", "1443", "--caller", "crm", "--yes")).ExitCode
        );

        Assert.Equal(["armed 1443"], await ListAsync(duty));
        Assert.Equal(["armed 1443"], await ListAsync(duty, "--caller", "shop"));
    }

    private static async Task<string[]> ListAsync(OperatorSession duty, params string[] options)
    {
        var run = await duty.RunAsync(["timeouts", "list", "--json", .. options]);
        return
        [
            .. run
                .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => JsonNode.Parse(line)!)
                .Select(static timeout => $"{timeout["state"]} {timeout["orderId"]}")
                .OrderDescending(StringComparer.Ordinal),
        ];
    }

    private static async Task<string?> StateAsync(OperatorSession duty, string order) =>
        (string?)(await duty.RunAsync("timeouts", "show", "--order", order, "--json")).Json["timeouts"]![0]!["state"];

    private static async Task ArmAsync(OperatorSession duty, string order, string body)
    {
        using HttpClient client = new() { BaseAddress = duty.Host.BaseAddress };
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync($"api/orders/{order}/timeout", content, OperatorSession.Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>Writes the row of a caller, as the service does.</summary>
    private static Task<bool> WriteAsync(
        OperatorSession duty,
        string orderId,
        string? caller,
        TimeoutState state = TimeoutState.Armed
    )
    {
        Dictionary<string, string> row = new()
        {
            ["version"] = $"{Guid.NewGuid():N}",
            ["state"] = $"{state}",
            ["dueAt"] = "2100-01-01T00:00:00.0000000Z",
            ["armedAt"] = "2026-01-01T00:00:00.0000000Z",
            ["changedAt"] = "2026-01-01T00:00:00.0000000Z",
            ["alarmNumber"] = "1",
            ["orderId"] = orderId,
        };
        if (caller is not null)
        {
            row["caller"] = caller;
        }

        if (state == TimeoutState.Fired)
        {
            row["outcome"] = "cancelled";
        }

        return duty
            .Host.Services.GetRequiredService<IRowStore>()
            .TryInsertAsync(TimeoutRow.Key(OrderReference.FromOrderId(orderId), caller), row, OperatorSession.Token);
    }
}
