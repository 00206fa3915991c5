using System.Text;
using System.Text.Json.Nodes;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Cancelling the orders of a CSV file.</summary>
public sealed class CancelFileTests : IDisposable
{
    private const string Bom = "\uFEFF";

    private readonly string _folder = Directory.CreateTempSubdirectory("onramp-cancel-tests").FullName;

    /// <summary>Files as people and spreadsheets write them, and the bodies that are sent.</summary>
    public static TheoryData<string, string> Files =>
        new()
        {
            { "orderId\n1443\n1448", """{"orderId":"1443"} {"orderId":"1448"}""" },
            { "orderId\r\n1443\r\n\r\n1448\r\n\r\n", """{"orderId":"1443"} {"orderId":"1448"}""" },
            { Bom + "Order ID;Reason\r\n1443;\"a; b\"\r\n", """{"orderId":"1443","reason":"a; b"}""" },
            { "order_id\treason\n1443\ta,b\n", """{"orderId":"1443","reason":"a,b"}""" },
            {
                "\"orderId\",\"reason\"\n\"1443\",\"say \"\"hi\"\",\nthen stop\"\n 1448 , x \n",
                """{"orderId":"1443","reason":"say \u0022hi\u0022,\nthen stop"} {"orderId":"1448","reason":"x"}"""
            },
            { "hash\nabc\nabc\n", """{"hash":"abc"}""" },
            {
                "orderId;hash;onlyIfUnpaid\n1443;;TRUE\n;abc;false\n1448;;\n;;\n",
                """{"orderId":"1443","onlyIfUnpaid":true} {"hash":"abc"} {"orderId":"1448"}"""
            },
            { "only-if-unpaid,ORDER\ntrue,1443\ntrue,1443\n", """{"orderId":"1443","onlyIfUnpaid":true}""" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Sends_one_request_for_each_order(string text, string bodies)
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = Write(text);

        Assert.Equal(2, (await duty.RunAsync("cancel", "--from", file)).ExitCode);
        Assert.Equal(0, (await duty.RunAsync("cancel", "--from", file, "--dry-run")).ExitCode);
        Assert.Empty(await duty.LookAsync());
        var run = await duty.RunAsync("cancel", "--from", file, "--yes", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        var sent = await duty.LookAsync();
        Assert.Equal(bodies, string.Join(' ', sent.Select(BodyOf)));
        Assert.Equal((sent.Count, 0), ((int)run.Json["sent"]!, (int)run.Json["left"]!));
        Assert.All(
            sent,
            message => Assert.StartsWith($"{run.Json["requests"]}-", message.MessageId, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Reads_the_unicode_text_of_a_spreadsheet()
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = Write("orderId\treason\r\n1443\tKäufer\r\n", Encoding.Unicode);

        Assert.Equal(0, (await duty.RunAsync("cancel", "--from", file, "--yes")).ExitCode);

        Assert.Contains("K\\u00E4ufer", (await duty.LookAsync())[0].Body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orderId\n1443\n01\n", "line 3: '01' is not an order id")]
    [InlineData(
        "orderId\n1.44E+15\n",
        "line 2: '1.44E+15' is not an order id: 1 to 19 digits without a leading zero; format the column as text."
    )]
    [InlineData("orderId\n-1\n", "line 2: '-1' is not an order id")]
    [InlineData("orderId,reason\n,late\n", "line 2: no order.")]
    [InlineData("orderId,hash\n1443,abc\n", "line 2: both an order id and a hash.")]
    [InlineData("hash\nab cd\n", "line 2: the hash is not 1 to 256 printable ASCII characters")]
    [InlineData("orderId,onlyIfUnpaid\n1443,yes\n", "line 2: onlyIfUnpaid is 'yes' instead of true or false.")]
    [InlineData(
        "orderId,reason\n1443,a,b\n",
        "line 2: 3 fields instead of 2; quote a field that contains the separator."
    )]
    [InlineData("orderId,reason\n\n\n1443\n", "line 4: 1 fields instead of 2")]
    [InlineData("orderId,reason\n1,\"a\nb\"\n2,a\"b\n", "line 4: a quote that is not closed, not doubled")]
    [InlineData("orderId,reason\n1,x\n\n02,\"a\nb\"\n", "line 4: '02' is not an order id")]
    [InlineData("orderId,reason\n1,x\n2,\"never closed\n3,x\n", "line 3: a quote that is not closed")]
    [InlineData(
        "orderId,onlyIfUnpaid\n1,\n1,true\n",
        "line 3: an earlier line has the same order with another onlyIfUnpaid."
    )]
    [InlineData("orderId,reason\n1443,LONG\n", "line 2: reason: Must be a string of at most 200 characters.")]
    [InlineData(
        "orderId,reason\n1443,\u0001LATIN1\n",
        "line 2: characters that are not UTF-8; save the file as CSV UTF-8."
    )]
    [InlineData("orderId\n\e[31m\n", "line 2: '\uFFFD[31m' is not an order id")]
    public async Task Names_the_line_that_is_not_valid_and_sends_nothing(string text, string words)
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = text.Contains("LATIN1", StringComparison.Ordinal)
            ? Write(text.Replace("\u0001LATIN1", "ä", StringComparison.Ordinal), Encoding.Latin1)
            : Write(text.Replace("LONG", new string('x', 201), StringComparison.Ordinal));

        var run = await duty.RunAsync("cancel", "--from", file, "--yes");

        Assert.True(run.ExitCode == 2, run.Error);
        Assert.Contains($"orders.csv, {words}", run.Error, StringComparison.Ordinal);
        Assert.Contains("orders.csv: 1 invalid line; nothing was sent.", run.Error, StringComparison.Ordinal);
        Assert.Empty(await duty.LookAsync());
    }

    [Theory]
    [InlineData("", 2, "orders.csv is empty. Its first line must name the columns.")]
    [InlineData("1443\n1448\n", 2, "orders.csv: '1443' in the first line is not the name of a column. The columns are")]
    [InlineData("orderId,onlyIfUnpayed\n1443,true\n", 2, "orders.csv: 'onlyIfUnpayed' in the first line is not")]
    [InlineData("orderId,Order ID\n1443,1443\n", 2, "orders.csv: the column 'Order ID' is there more than once.")]
    [InlineData("reason\nlate\n", 2, "orders.csv: the first line names no order.")]
    [InlineData("orderId\n", 3, "orders.csv has no valid order.")]
    [InlineData(
        "orderId,reason\n1,\"HUGE",
        2,
        "orders.csv, line 2 or the next: a field is longer than 10000 characters"
    )]
    [InlineData("MISSING", 2, "orders.csv cannot be read: there is no such file.")]
    [InlineData("FOLDER", 2, "orders.csv cannot be read: it is a folder, or you have no permission.")]
    public async Task Refuses_a_file_without_orders(string text, int exitCode, string words)
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = Path.Combine(_folder, "orders.csv");
        switch (text)
        {
            case "MISSING":
                break;

            case "FOLDER":
                Directory.CreateDirectory(file);
                break;

            default:
                Write(text.Replace("HUGE", new string('x', 20_000), StringComparison.Ordinal));
                break;
        }

        var run = await duty.RunAsync("cancel", "--from", file, "--yes");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith(words, run.Sentence, StringComparison.Ordinal);
        Assert.Empty(await duty.LookAsync());
    }

    [Theory]
    [InlineData(19, 19)]
    [InlineData(20, 20)]
    [InlineData(21, 20)]
    public async Task Names_the_first_twenty_lines_that_are_not_valid(int invalid, int named)
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = Write($"orderId\n{string.Concat(Enumerable.Range(1, invalid).Select(static n => $"x{n}\n"))}");

        var run = await duty.RunAsync("cancel", "--from", file, "--yes");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(named, run.Error.Split("orders.csv, line ").Length - 1);
        Assert.Contains($"orders.csv: {invalid} invalid lines", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skips_invalid_lines_only_on_request()
    {
        await using var duty = await OperatorSession.StartAsync();
        var file = Write("orderId\n1443\nx\n1448\n1443\n");

        var run = await duty.RunAsync("cancel", "--from", file, "--yes", "--skip-invalid", "--json");

        Assert.Equal(
            (1, 2, 1, 1),
            (run.ExitCode, (int)run.Json["sent"]!, (int)run.Json["invalid"]!, (int)run.Json["duplicates"]!)
        );
        Assert.Contains(
            "orders.csv, skipped because an earlier line has the same order: line 5.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await duty.LookAsync()).Count);
    }

    [Fact]
    public async Task The_same_file_has_the_same_requests_and_another_one_others()
    {
        await using var duty = await OperatorSession.StartAsync();
        var first = await RequestsAsync("orderId\n1443\n");
        Assert.Equal(first, await RequestsAsync("orderId\n1443\n"));
        Assert.Single(await duty.LookAsync());
        Assert.NotEqual(first, await RequestsAsync("orderId\n1443\n1448\n"));
        Assert.NotEqual(first, await RequestsAsync("orderId\n1443\n", "--reason", "late"));
        Assert.NotEqual(first, await RequestsAsync("orderId\n1443\n", "--only-if-unpaid"));

        async Task<string> RequestsAsync(string text, params string[] options)
        {
            var run = await duty.RunAsync(["cancel", "--from", Write(text), "--yes", "--json", .. options]);
            return $"{run.Json["requests"]}";
        }
    }

    [Fact]
    public async Task Waits_for_every_outcome_and_writes_the_results()
    {
        await using var duty = await OperatorSession.StartAsync();
        duty.IsRealTime = true;
        var file = Write("orderId,hash\n1443,\n1444,\n,9f86d081884c7d65\n999,\n1443,\n");
        var results = Path.Combine(_folder, "results.csv");
        string[] cancel = ["cancel", "--from", file, "--yes", "--wait", "--queue", "cancel-requests", "--json"];

        var run = await duty.RunAsync([.. cancel, "--results", results]);

        Assert.True(run.ExitCode == 1, run.Error);
        Assert.Equal("""{"cancelled":2,"not_cancellable":1,"not_found":1}""", run.Json["outcomes"]!.ToJsonString());
        var requests = $"{run.Json["requests"]}";
        var lines = (await File.ReadAllTextAsync(results, OperatorSession.Token)).TrimEnd().Split('\n');
        Assert.Equal("line,orderId,hash,requestId,outcome,reasonCode,detail,completedAt", lines[0].TrimEnd());
        Assert.Equal(
            [
                $"2,1443,,{requests}-2,cancelled",
                $"3,1444,,{requests}-3,not_cancellable",
                $"4,1448,9f86d081884c7d65,{requests}-4,cancelled",
                $"5,999,,{requests}-5,not_found",
            ],
            lines[1..].Select(static line => string.Join(',', line.Split(',')[..5]))
        );

        // Every request has a final outcome, so the same command only reads them.
        var again = await duty.RunAsync(cancel);
        var documents = again.Out.TrimEnd().Split('\n').Select(static line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(
            ["cancelled", "not_cancellable", "cancelled", "not_found"],
            documents[..^1].Select(static line => (string)line["outcome"]!)
        );
        Assert.Equal((0, 4), ((int)documents[^1]["sent"]!, (int)documents[^1]["finished"]!));
        Assert.Equal(
            (2, "--results must not be the file of orders itself."),
            await SentenceAsync([.. cancel, "--results", file])
        );
        Assert.StartsWith(
            "orderId,hash",
            await File.ReadAllTextAsync(file, OperatorSession.Token),
            StringComparison.Ordinal
        );

        async Task<(int, string)> SentenceAsync(string[] args)
        {
            var refused = await duty.RunAsync(args);
            return (refused.ExitCode, refused.Error.TrimEnd().Split('\n')[^1]);
        }
    }

    [Fact]
    public async Task Says_which_outcomes_are_not_known_in_time()
    {
        await using var duty = await OperatorSession.StartAsync();

        // Nothing receives from this queue.
        var run = await duty.RunAsync("cancel", "--from", Write("orderId\n1443\n1448\n"), "--yes", "--wait");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal("     2 1443                waiting\n     3 1448                waiting\n", run.Out);
        Assert.Contains("Outcomes: 2 waiting.", run.Error, StringComparison.Ordinal);
        Assert.InRange(
            TimeSpan.FromTicks(duty.Clock.Delays.Sum(static delay => delay.Ticks)),
            TimeSpan.FromSeconds(110),
            TimeSpan.FromSeconds(130)
        );
    }

    [Fact]
    public async Task Keeps_to_the_rate()
    {
        await using var duty = await OperatorSession.StartAsync();
        var start = duty.Clock.GetUtcNow();

        Assert.Equal(
            0,
            (await duty.RunAsync("cancel", "--from", Write(Orders(1, 10)), "--yes", "--rate", "2")).ExitCode
        );

        // Two immediately, and then two per second.
        Assert.InRange(duty.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
        Assert.Equal(10, (await duty.LookAsync()).Count);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_rest_for_the_same_command()
    {
        await using var duty = await OperatorSession.StartAsync();
        using CancellationTokenSource interrupted = new();
        Assert.True(duty.Host.Broker.TryFind(OperatorSession.Parked, out var parked));
        parked.Accepted += _ => interrupted.Cancel();
        string[] cancel = ["cancel", "--from", Write(Orders(1, 30)), "--yes", "--rate", "10", "--json"];

        var run = await duty.RunAsync(interrupted, cancel);

        Assert.True(run.ExitCode == 130, run.Error);
        Assert.Contains("left; run the command again to continue.", run.Error, StringComparison.Ordinal);
        Assert.InRange((await duty.LookAsync()).Count, 1, 10);
        Assert.Equal(0, (await duty.RunAsync(cancel)).ExitCode);
        Assert.Equal(30, (await duty.LookAsync()).Count);
    }

    /// <summary>
    /// End to end: the tool is killed twice, and each order is cancelled by one request, with one outcome.
    /// </summary>
    [Fact]
    public async Task Each_order_is_cancelled_once_though_the_tool_is_killed_twice()
    {
        const int Count = 1100;
        await using var duty = await OperatorSession.StartAsync(("LocalHost__KeptMessages", "20000"));
        var host = duty.Host;
        foreach (var order in Enumerable.Range(100_000, Count))
        {
            host.Simulator.Put($"{order}", LocalHost.Simulator.OrderStates.Waiting);
        }

        string[] cancel =
        [
            "cancel",
            "--from",
            Write(Orders(100_000, Count)),
            "--yes",
            "--tables",
            $"{host.BaseAddress}",
        ];
        foreach (var done in (int[])[250, 600])
        {
            using var killed = ToolProcess.Start(duty.ConnectionString, [.. cancel, "--rate", "200"]);
            await host
                .Broker.Local.WhenAsync(counts => counts.Ready >= done, OperatorSession.Token)
                .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
            await killed.KillAsync();
        }

        using var last = ToolProcess.Start(
            duty.ConnectionString,
            [.. cancel, "--rate", "5000", "--wait", "--results", Path.Combine(_folder, "results.csv"), "--json"]
        );
        var run = await last.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((Count, Count), ((int)run.Json["orders"]!, (int)run.Json["outcomes"]!["cancelled"]!));
        Assert.InRange((int)run.Json["finished"]!, 600, Count - 1);
        var outcomes = await OutcomesAsync(duty);
        Assert.Equal(Enumerable.Range(100_000, Count).Select(static order => $"{order}"), outcomes.Order());
        Assert.Equal(
            Count + 1,
            (await File.ReadAllLinesAsync(Path.Combine(_folder, "results.csv"), OperatorSession.Token)).Length
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string BodyOf(ServiceBusReceivedMessage message) =>
        message.Body.ToString().Replace(",\"onlyIfUnpaid\":false", "", StringComparison.Ordinal);

    private static string Orders(int first, int count) =>
        $"orderId\n{string.Join('\n', Enumerable.Range(first, count))}\n";

    private static async Task<List<string>> OutcomesAsync(OperatorSession duty)
    {
        await using var receiver = duty.Client.CreateReceiver("cancel-results", "local");
        List<string> seen = [];
        long next = 0;
        while (await receiver.PeekMessagesAsync(250, next, OperatorSession.Token) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(static message => (string)message.ApplicationProperties["cloudEvents_subject"]));
            next = page[^1].SequenceNumber + 1;
        }

        return seen;
    }

    private string Write(string text, Encoding? encoding = null)
    {
        var file = Path.Combine(_folder, "orders.csv");
        File.WriteAllText(file, text, encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return file;
    }
}
