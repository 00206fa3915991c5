using System.Text.Json.Nodes;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Lists and disarms timeouts that the service armed.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task Lists_timeouts_without_what_disarms_them_and_no_other_scheduled_message()
    {
        await using var duty = await OperatorSession.StartAsync();
        var id = await ArmAsync(duty, """{"orderId":"1443","after":"PT2H"}""");
        await ArmAsync(duty, """{"hash":"9f86d081884c7d65","after":"PT1H"}""");
        await using (var sender = duty.Client.CreateSender("cancel-requests"))
        {
            await sender.ScheduleMessageAsync(
                OperatorSession.Cancel("1444"),
                DateTimeOffset.Parse("2100-01-01T00:00:00Z", null),
                OperatorSession.Token
            );
        }

        var json = await duty.RunAsync("timeouts", "list", "--queue", "cancel-requests", "--json");
        var text = await duty.RunAsync("timeouts", "list", "--queue", "cancel-requests");

        Assert.Equal((0, 0), (json.ExitCode, text.ExitCode));
        Assert.Equal(
            ["9f86d081884c7d65", "1443"],
            json.Json["timeouts"]!.AsArray().Select(static timeout => (string?)(timeout!["orderId"] ?? timeout["hash"]))
        );
        Assert.Equal(id.Split('.')[0], $"{json.Json["timeouts"]![1]!["number"]}");
        Assert.DoesNotContain(id.Split('.')[1], json.Out + text.Out, StringComparison.Ordinal);
        Assert.Equal(
            3,
            (await duty.RunAsync("timeouts", "list", "--queue", "cancel-requests", "--order", "1")).ExitCode
        );
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("NUMBER")]
    [InlineData("--order 1443")]
    public async Task Disarms_the_given_timeout(string which)
    {
        await using var duty = await OperatorSession.StartAsync();
        var id = await ArmAsync(duty, """{"orderId":"1443","after":"PT2H"}""");
        await ArmAsync(duty, """{"hash":"9f86d081884c7d65","after":"PT1H"}""");
        string[] disarm =
        [
            "timeouts",
            "disarm",
            "--queue",
            "cancel-requests",
            .. which
                .Replace("ID", id, StringComparison.Ordinal)
                .Replace("NUMBER", id.Split('.')[0], StringComparison.Ordinal)
                .Split(' '),
        ];

        Assert.Equal(2, (await duty.RunAsync(disarm)).ExitCode);
        Assert.Equal(0, (await duty.RunAsync([.. disarm, "--dry-run"])).ExitCode);
        Assert.Equal(2, duty.Host.Broker.Requests.Counts.Scheduled);

        var run = await duty.RunAsync([.. disarm, "--yes", "--json"]);

        Assert.Equal((0, 1), (run.ExitCode, (int)run.Json["disarmed"]!));
        Assert.Equal(
            "9f86d081884c7d65",
            (string?)
                Assert.Single(
                    (await duty.RunAsync("timeouts", "list", "--queue", "cancel-requests", "--json")).Json[
                        "timeouts"
                    ]!.AsArray()
                )!["hash"]
        );
        Assert.Equal(3, (await duty.RunAsync([.. disarm, "--yes"])).ExitCode);
    }

    [Theory]
    [InlineData("", 2, "Specify the timeouts")]
    [InlineData("x", 2, "'x' is neither a number")]
    [InlineData("NUMBER.00000000000000000000000000000000", 3, "No matching timeouts")]
    [InlineData("RETRY", 3, "No matching timeouts")]
    public async Task Disarms_nothing_else(string which, int exitCode, string words)
    {
        await using var duty = await OperatorSession.StartAsync();
        var id = await ArmAsync(duty, """{"orderId":"1443","after":"PT2H"}""");
        await using var sender = duty.Client.CreateSender("cancel-requests");
        var retry = await sender.ScheduleMessageAsync(
            OperatorSession.Cancel("1444"),
            DateTimeOffset.Parse("2100-01-01T00:00:00Z", null),
            OperatorSession.Token
        );
        var named = which
            .Replace("NUMBER", id.Split('.')[0], StringComparison.Ordinal)
            .Replace("RETRY", $"{retry}", StringComparison.Ordinal);

        var run = await duty.RunAsync([
            "timeouts",
            "disarm",
            "--queue",
            "cancel-requests",
            "--yes",
            .. named.Length > 0 ? [named] : Array.Empty<string>(),
        ]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Sentence, StringComparison.Ordinal);
        Assert.Equal(2, duty.Host.Broker.Requests.Counts.Scheduled);
    }

    private static async Task<string> ArmAsync(OperatorSession duty, string body)
    {
        using HttpClient client = new() { BaseAddress = duty.Host.BaseAddress };
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("api/orders/timeouts", content, OperatorSession.Token);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(OperatorSession.Token))!["timeoutId"]!;
    }
}
