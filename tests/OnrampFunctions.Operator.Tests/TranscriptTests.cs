using System.Text;
using System.Text.RegularExpressions;

namespace OnrampFunctions.Operator.Tests;

/// <summary>The commands in the document have the output that it shows.</summary>
public sealed partial class TranscriptTests : IDisposable
{
    private const string Api = "http://localhost:7071/";

    private readonly string _folder = Directory.CreateTempSubdirectory("onramp-cancel-tests").FullName;

    [Theory]
    [InlineData("Outcomes of an order")]
    [InlineData("Timeouts of an order")]
    [InlineData("Cancel the orders of a file")]
    public async Task The_tool_writes_what_the_document_shows(string heading)
    {
        await using var duty = await OperatorSession.StartAsync();
        foreach (var (command, output) in await SessionAsync(heading))
        {
            var words = Word().Matches(command).Select(static match => match.Value.Trim('\'')).ToArray();
            var expected = Normalize(output);
            switch (words)
            {
                case ["cat", "orders.csv"]:
                    await File.WriteAllTextAsync(InFolder("orders.csv"), output, OperatorSession.Token);
                    break;

                case ["cat", var file]:
                    Assert.Equal(
                        expected,
                        Normalize(await File.ReadAllTextAsync(InFolder(file), OperatorSession.Token))
                    );
                    break;

                case ["curl", "-X", "PUT", var address, "-H", "Content-Type: application/json", "-d", var body]:
                    await PutAsync(duty, address, body);
                    break;

                case ["onramp-cancel", .. var args]:
                    Assert.Equal((command, expected), (command, await RunAsync(duty, args)));
                    break;

                default:
                    Assert.Fail($"Unknown command: {command}");
                    break;
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The commands of a section, each with its output.</summary>
    private static async Task<List<(string Command, string Output)>> SessionAsync(string heading)
    {
        var document = await File.ReadAllTextAsync(HelpTests.DocumentPath, OperatorSession.Token);
        var section = document.Split("\n## ").Single(part => part.StartsWith(heading, StringComparison.Ordinal));
        var session = section.Split("```text\n")[1].Split("```")[0];
        List<(string, string)> commands =
        [
            .. session
                .Split("$ ", StringSplitOptions.RemoveEmptyEntries)
                .Select(static part => part.Split('\n', 2))
                .Select(static part => (part[0], part[1].TrimEnd() + "\n")),
        ];
        Assert.NotEmpty(commands);
        return commands;
    }

    private static async Task PutAsync(OperatorSession duty, string address, string body)
    {
        using HttpClient client = new() { BaseAddress = duty.Host.BaseAddress };
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync(
            address.Replace(Api, "", StringComparison.Ordinal),
            content,
            OperatorSession.Token
        );
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Standard output and standard error appear on the terminal in an order that a test cannot see.</summary>
    private async Task<string> RunAsync(OperatorSession duty, string[] args)
    {
        var run = await Run.ToolAsync(
            [.. args.Select(word => word.EndsWith(".csv", StringComparison.Ordinal) ? InFolder(word) : word)],
            environment =>
                environment with
                {
                    Variable = name =>
                        name switch
                        {
                            "ServiceBus" => duty.ConnectionString,
                            "Records__ConnectionString" => duty.Host.TablesConnectionString,
                            _ => null,
                        },
                }
        );
        return Normalize(run.Out + run.Error);
    }

    private string InFolder(string file) => Path.Combine(_folder, file);

    /// <summary>Replaces what differs from run to run, and sorts the lines.</summary>
    private static string Normalize(string output)
    {
        var text = Instant().Replace(output, "INSTANT");
        text = Id().Replace(text, "ID");
        text = Duration().Replace(text, "DURATION");
        text = text.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        return string.Join(
            '\n',
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static line => Spaces().Replace(line, " "))
                .Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")]
    private static partial Regex Instant();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex(@"\b\d+ (?:d|h|min|s)\b(?: \d+ (?:h|min)\b)?")]
    private static partial Regex Duration();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
