using System.Text.RegularExpressions;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The documented commands for the local host work when pasted block by block into a shell.</summary>
public sealed partial class DocumentTests
{
    // An error response, which a reader would see, stops the block. Loops of hundreds are shortened here.
    private const string Shell =
        "set -euo pipefail; curl() { command curl --fail-with-body --show-error --silent \"$@\"; }\n";
    private const string Address = "http://localhost:7071";

    [Theory]
    [InlineData("README.md", 2)]
    [InlineData("http.md", 6)]
    [InlineData("queue-and-events.md", 2)]
    [InlineData("local-host.md", 1)]
    [InlineData("operator.md", 1)]
    public async Task Every_block_of_commands_can_be_pasted(string document, int count)
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "documents", document),
            RunningHost.Token
        );
        var blocks = Block()
            .Matches(text)
            .Select(static block => block.Groups["commands"].Value)
            .Where(static commands =>
                commands.Contains(Address, StringComparison.Ordinal)
                && !commands.Contains("dotnet run", StringComparison.Ordinal)
            )
            .ToList();
        Assert.Equal(count, blocks.Count);
        using var program = HostProcess.Start("--urls http://127.0.0.1:0");
        var address = ListensOn().Match(await program.ReadUntilAsync("listens on")).Value;

        foreach (var block in blocks)
        {
            var (exitCode, output, error) = await Bash.RunAsync(
                "-c",
                Shell
                    + block
                        .Replace(Address, address, StringComparison.Ordinal)
                        .Replace("20400", "20003", StringComparison.Ordinal)
            );
            Assert.True(exitCode == 0, $"{block} ended with {exitCode}: {output}{error}");
        }
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex ListensOn();
}
