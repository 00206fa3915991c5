using System.Diagnostics;

namespace Infrastructure.Tests;

/// <summary>The deployment script, with commands in the place of az that write down how they were called.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string Az = """
        #!/usr/bin/env bash
        echo "az $*" >> "$CALLS"
        case "$*" in
          "group exists"*) echo "$GROUP_EXISTS" ;;
          *outputs.functionAppName*) echo func-test ;;
          *outputs.keyVaultName*) echo kv-test ;;
          *config-zip*) [ "$(grep -c config-zip "$CALLS")" -gt "$REFUSALS" ] ;;
        esac
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("deploy-").FullName;

    [Fact]
    public void Makes_the_group_the_resources_and_the_app()
    {
        (int exitCode, string calls, string output) = Run("dev", refusals: 0, groupExists: false);

        Assert.Equal(0, exitCode);
        Assert.Equal(
            """
            az group exists --name rg-onramp-cancel-dev
            az group create --name rg-onramp-cancel-dev --location westeurope --output none
            az deployment group create --name onramp-cancel --resource-group rg-onramp-cancel-dev --parameters infra/main.dev.bicepparam --output none
            az functionapp deployment source config-zip --resource-group rg-onramp-cancel-dev --name func-test --src app.zip --output none
            """,
            string.Join('\n', calls.Split('\n').Where(c => !c.Contains("deployment group show", StringComparison.Ordinal))).Trim());
        Assert.Contains("kv-test wants", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_an_existing_group_as_it_is()
        => Assert.DoesNotContain("group create --name rg", Run("prod", refusals: 0, groupExists: true).Calls, StringComparison.Ordinal);

    [Fact]
    public void Tries_the_package_again_while_new_roles_are_not_known_yet()
        => Assert.Equal(0, Run("dev", refusals: 2, groupExists: true).ExitCode);

    [Fact]
    public void Cannot_succeed_when_the_package_never_arrives()
    {
        (int exitCode, string calls, _) = Run("dev", refusals: 9, groupExists: true);

        Assert.Equal(1, exitCode);
        Assert.Equal(5, calls.Split("config-zip").Length - 1);
    }

    [Fact]
    public void Cannot_deploy_an_environment_without_parameters()
    {
        (int exitCode, string calls, _) = Run("staging", refusals: 0, groupExists: true);

        Assert.Equal((2, ""), (exitCode, calls));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private (int ExitCode, string Calls, string Output) Run(string environment, int refusals, bool groupExists)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The script is for bash.");
            return default;
        }

        string az = Path.Combine(folder, "az");
        string calls = Path.Combine(folder, "calls");
        File.WriteAllText(az, Az);
        File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(calls, "");
        var start = new ProcessStartInfo("bash", [Repository.PathOf("infra/deploy.sh"), environment])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}",
                ["CALLS"] = calls,
                ["REFUSALS"] = $"{refusals}",
                ["GROUP_EXISTS"] = groupExists ? "true" : "false",
                ["PACKAGE"] = "app.zip",
                ["RETRY_SECONDS"] = "0",
            },
        };
        start.Environment.Remove("RESOURCE_GROUP");
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText(calls), output);
    }
}
