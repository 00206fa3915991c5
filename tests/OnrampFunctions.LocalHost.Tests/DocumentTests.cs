using System.Text.RegularExpressions;
using Onramp.Testing.Limits;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The documented commands for the local host work when pasted block by block into a shell.</summary>
[StartsFirst]
public sealed partial class DocumentTests
{
    // The exit code of curl for an error response.
    private const int Refused = 22;

    // An error response, which a reader would see, stops the block. Loops of hundreds are shortened here.
    private const string Shell =
        "set -euo pipefail; curl() { command curl --fail-with-body --show-error --silent \"$@\"; }\n";
    private const string Address = "http://localhost:7071";

    [Theory]
    [InlineData("README.md", 2)]
    [InlineData("http.md", 7)]
    [InlineData("queue-and-events.md", 2)]
    [InlineData("local-host.md", 7)]
    [InlineData("local-host-reference.md", 2)]
    [InlineData("operator-transcript.md", 1)]
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
        await using var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = new Dictionary<string, string?>
                {
                    ["LocalHost__EmulatorConfig"] = await ConfigurationAsync(),
                    ["Queue__RetryDelays__0"] = "00:00:01",
                    ["Queue__RetryJitter"] = "0",
                },
            }
        );
        await host.StartAsync(RunningHost.Token);
        var address = host.BaseAddress.GetLeftPart(UriPartial.Authority);

        foreach (var block in blocks)
        {
            var (exitCode, output, error) = await Bash.RunAsync(
                "-c",
                Shell
                    + block
                        .Replace(Address, address, StringComparison.Ordinal)
                        .Replace("20400", "20003", StringComparison.Ordinal)
            );
            Assert.True(
                exitCode == (IsRefused(block) ? Refused : 0),
                $"{block} ended with {exitCode}: {output}{error}"
            );
        }
    }

    [Fact]
    public async Task The_rule_of_the_reference_only_passes_failures()
    {
        await using var host = await RunningHost.StartAsync(("LocalHost__EmulatorConfig", await ConfigurationAsync()));
        await host.PutAsync("/simulator/orders/1443", """{"faults":["cancel:forbidden","get:forbidden"]}""");

        await host.CancelAsync("1444");
        await host.CancelAsync("1443");

        Assert.Equal("not_cancellable", (await host.NextOutcomeAsync()).Kind);
        Assert.Equal("failed", (await host.NextOutcomeAsync()).Kind);
        Assert.True(host.Host.Broker.TryFind("cancel-results/subscriptions/failures", out var failures));
        Assert.Equal(1, failures.Counts.Ready);
        Assert.Equal("failed", failures.TryReceive()!.Message.Property("outcome"));
    }

    /// <summary>Whether the block only cancels the order that is paid.</summary>
    private static bool IsRefused(string block) => block.Contains("\"1444\"", StringComparison.Ordinal);

    /// <summary>Writes the configuration of the reference to a file, and returns its path.</summary>
    private static async Task<string> ConfigurationAsync()
    {
        var reference = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "documents", "local-host-reference.md"),
            RunningHost.Token
        );
        var path = Path.Combine(AppContext.BaseDirectory, $"filter-{Guid.NewGuid():N}.json");
        var json = reference.Split("## Subscriptions and filters")[1].Split("```json\n")[1].Split("```")[0];
        await File.WriteAllTextAsync(path, json, RunningHost.Token);
        return path;
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
