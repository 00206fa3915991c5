using System.Text.RegularExpressions;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Every command describes its purpose, its requirements and its usage, and the document agrees.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Commands =>
        [
            "dead-letters list",
            "dead-letters show",
            "dead-letters replay",
            "dead-letters remove",
            "outcomes history",
            "outcomes watch",
            "timeouts list",
            "timeouts show",
            "timeouts disarm",
            "cancel",
            "status",
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_has_the_role_and_an_example_that_parses(string command)
    {
        var help = (await Run.ToolAsync([.. command.Split(' '), "--help"])).Out;
        Assert.Matches("Roles?: (Azure Service Bus|Storage Table) Data", help);
        Assert.Contains("--namespace", help, StringComparison.Ordinal);
        var examples = Example()
            .Matches(help)
            .Select(static match => match.Groups[1].Value.Trim())
            .Where(example =>
                !example.Contains('[', StringComparison.Ordinal) && !example.Contains('<', StringComparison.Ordinal)
            )
            .ToList();
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            Assert.StartsWith(command, example, StringComparison.Ordinal);
            var words = Word()
                .Matches(example.Replace("\"$ServiceBus\"", "x", StringComparison.Ordinal))
                .Select(static match => match.Value.Trim('"'))
                .ToList();
            foreach (var name in (string[])["--namespace", "--tables"])
            {
                if (words.IndexOf(name) is >= 0 and var option)
                {
                    words.RemoveRange(option, 2);
                }
            }

            // It gets as far as the connection string.
            var run = await Run.ToolAsync([.. words]);
            Assert.Matches(
                "^(Specify the namespace|Specify the tables|The connection string has no name=value pairs)",
                run.Error
            );
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_and_option_is_in_the_document(string command)
    {
        var document = await File.ReadAllTextAsync(DocumentPath, OperatorSession.Token);
        var help = (await Run.ToolAsync([.. command.Split(' '), "--help"])).Out;
        Assert.Contains($"`{command}", document, StringComparison.Ordinal);
        Assert.All(
            Option()
                .Matches(help[help.IndexOf("OPTIONS:", StringComparison.Ordinal)..])
                .Select(static match => match.Value),
            option => Assert.Contains(option, document, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("dead-letters ")]
    [InlineData("status ")]
    public async Task Help_ends_with_the_exit_codes_that_the_document_explains(string command)
    {
        var document = await File.ReadAllTextAsync(DocumentPath, OperatorSession.Token);
        var help = (await Run.ToolAsync($"{command}--help".Split(' '))).Out;
        var codes = help[help.IndexOf("EXIT CODES:", StringComparison.Ordinal)..].Split('\n').Skip(1);
        Assert.Equal(
            ExitCodeRow().Matches(document).Select(static row => row.Groups[1].Value),
            codes.Select(static line => line.Trim().Split(' ')[0]).Where(static code => code.Length > 0)
        );
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Suggests_every_command_for_a_misspelt_one(string command)
    {
        var name = command.Split(' ')[^1];
        var run = await Run.ToolAsync($"{command[..^name.Length]}{name[..1]}{name[2..]}x".Split(' '));
        Assert.Contains($"Did you mean {name}?", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The document about the tool.</summary>
    internal static string DocumentPath => Path.Combine(Root(), "docs", "operator.md");

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OnrampFunctions.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex(@"^ +onramp-cancel (.+)$", RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| (\d+) \| ", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();
}
