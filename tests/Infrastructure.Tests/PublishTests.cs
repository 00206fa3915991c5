using System.Diagnostics;

namespace Infrastructure.Tests;

/// <summary>Every build works with any feed. Only an app with the Service Bus trigger can be published.</summary>
public sealed class PublishTests
{
    private const string App = "src/OnrampFunctions";

    [Theory]
    [InlineData("declared", "tests/Benchmarks")]
    [InlineData("nuget", App, "-p:_IsPublishing=true")] // set by dotnet publish
    public async Task A_publish_takes_the_package_and_everything_else_the_declarations(
        string extension,
        string project,
        params string[] properties
    ) => Assert.Equal((0, extension), await MsBuildAsync([project, "-getProperty:ServiceBusExtension", .. properties]));

    [Fact]
    public async Task Cannot_publish_the_declarations()
    {
        var (exitCode, output) = await MsBuildAsync([
            App,
            "-t:PrepareForPublish",
            "-p:_IsPublishing=true",
            "-p:ServiceBusExtension=declared",
        ]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("would not receive messages", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> MsBuildAsync(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", ["msbuild", "-nologo", .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };

        // The environment does not affect what is published, and no build node keeps running.
        start.Environment.Remove("ServiceBusExtension");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var child = ChildProcess.Start(start);
        var process = child.Process;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.Trim());
    }
}
