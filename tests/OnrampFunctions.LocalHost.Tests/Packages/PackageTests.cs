using Onramp.Testing.Limits;

namespace OnrampFunctions.LocalHost.Tests.Packages;

/// <summary>
/// The packages work outside this repository. Everything is in a temporary folder, and nothing remains in the machine's
/// caches; packages of others come from the machine's own.
/// </summary>
[StartsFirst]
public sealed class PackageTests(PackedTools packed) : IClassFixture<PackedTools>
{
    [Fact]
    public async Task The_local_host_can_be_installed_as_a_tool_and_cancels_an_order()
    {
        await packed.RunAsync(
            "dotnet",
            "tool",
            "install",
            "OnrampFunctions.LocalHost",
            "--version",
            PackedTools.Version,
            "--tool-path",
            "tools"
        );

        using var tool = HostProcess.StartProgram(
            Path.Combine(packed.Folder, "tools", "onramp-cancel-local"),
            "--urls http://127.0.0.1:0",
            ("DOTNET_ROOT", PackedTools.DotnetRoot)
        );
        var line = await tool.ReadUntilAsync("listens on");
        var address = line.Split(' ').Single(static word => word.StartsWith("http", StringComparison.Ordinal));
        using HttpClient client = new() { BaseAddress = new Uri(address) };
        using var request = RunningHost.Request(HttpMethod.Post, "/api/orders/cancel", """{"orderId":"1443"}""");
        using var response = await client.SendAsync(request, RunningHost.Token);

        Assert.Contains(
            "\"outcome\":\"cancelled\"",
            await response.Content.ReadAsStringAsync(RunningHost.Token),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_emulator_can_be_used_in_a_test_project_as_its_README_says()
    {
        var output = await packed.RunAsync("dotnet", "Tests/bin/Debug/net10.0/Tests.dll");

        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", output, StringComparison.Ordinal);
    }
}
