using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>
/// Tests the deployment script and the scripts it shares with azd, with fake commands that behave like the real az.
/// </summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string Secret = "S3cret of the provider";

    private readonly string folder = Directory.CreateTempSubdirectory("deploy-").FullName;

    public DeployScriptTests() =>
        File.WriteAllText(
            Path.Combine(folder, "app.zip"),
            ".azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll"
        );

    [Fact]
    public void Makes_the_resources_then_the_secrets_then_the_code_and_asks_the_app()
    {
        var run = Run("dev", []);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(
            $"""
            az account show --query user.type --output tsv
            az ad signed-in-user show --query id --output tsv
            az provider list --query [?registrationState=='Registered'].namespace --output tsv
            az group exists --name rg-onramp-cancel-dev
            az group create --name rg-onramp-cancel-dev --location westeurope --output none
            az deployment group create --name onramp-cancel --resource-group rg-onramp-cancel-dev --parameters infra/main.dev.bicepparam --output none
            az deployment group show --name onramp-cancel --resource-group rg-onramp-cancel-dev --query [keys(properties.outputs), values(properties.outputs)[].value] --output tsv
            az keyvault secret show --vault-name kv-cancel-abc123 --name onramp-api-key --query id --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name onramp-api-key --file /dev/stdin --encoding utf-8 --output none
            az keyvault secret show --vault-name kv-cancel-abc123 --name onramp-api-secret --query id --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name onramp-api-secret --file /dev/stdin --encoding utf-8 --output none
            az keyvault secret show --vault-name kv-cancel-abc123 --name queue-authentication-key --query id --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name queue-authentication-key --file /dev/stdin --encoding utf-8 --output none
            az functionapp deployment source config-zip --resource-group rg-onramp-cancel-dev --name func-onramp-cancel-abc123 --src {folder}/app.zip --output none
            """,
            run.Calls.Trim()
        );
        Assert.Equal(1, run.Asked);
        Assert.Equal(Secret, File.ReadAllText(Path.Combine(folder, "onramp-api-secret")));
        Assert.Equal(
            32,
            Convert.FromBase64String(File.ReadAllText(Path.Combine(folder, "queue-authentication-key")).Trim()).Length
        );
        Assert.Contains(
            "az functionapp keys list --resource-group rg-onramp-cancel-dev --name func-onramp-cancel-abc123",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Prints_what_the_document_shows()
    {
        string shown = Regex
            .Match(Repository.Read("infra/README.md"), @"```text\n(?<lines>.+?)```", RegexOptions.Singleline)
            .Groups["lines"]
            .Value;

        var run = Run("dev", new() { ["REGISTERED"] = AllProviders.Replace("Microsoft.App ", "") });

        Assert.Equal(
            shown.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            run.Output.Replace(run.Url, "https://func-onramp-cancel-abc123.azurewebsites.net/api/health")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public void Never_shows_the_secret()
    {
        var run = Run("dev", []);

        Assert.DoesNotContain(Secret, run.Calls + run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_an_existing_group_and_secrets_that_are_there_as_they_are()
    {
        File.WriteAllText(Path.Combine(folder, "onramp-api-key"), "old");
        File.WriteAllText(Path.Combine(folder, "onramp-api-secret"), "old");
        File.WriteAllText(Path.Combine(folder, "queue-authentication-key"), "old");

        var run = Run("prod", new() { ["GROUP_EXISTS"] = "true" });

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("group create --name rg", run.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("secret set", run.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_vault_alone_for_a_deployer_without_a_right_to_it() =>
        Assert.DoesNotContain(
            "keyvault",
            Run("prod", new() { ["SECRETS"] = "keep", ["USER_TYPE"] = "servicePrincipal" }).Calls,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("storage")]
    [InlineData("restart")]
    [InlineData("unavailable")]
    [InlineData("conflict")]
    public void Uploads_again_what_failed_for_a_reason_that_passes(string reason)
    {
        var run = Run("dev", new() { ["REFUSALS"] = "2", ["REFUSAL"] = reason });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(3, run.Uploads);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("package")]
    [InlineData("an unknown error")]
    public void Cannot_upload_again_what_failed_for_good(string reason)
    {
        var run = Run("dev", new() { ["REFUSALS"] = "9", ["REFUSAL"] = reason });

        Assert.Equal((1, 1, 0), (run.ExitCode, run.Uploads, run.Asked));
        Assert.Contains("could not be deployed to func-onramp-cancel-abc123", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_upload_an_app_that_would_take_no_messages()
    {
        File.WriteAllText(
            Path.Combine(folder, "app.zip"),
            "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus.dll"
        );
        var run = Run("dev", []);

        Assert.Equal((1, 0), (run.ExitCode, run.Uploads));
        Assert.Contains("has no Service Bus extension", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_upload_for_ever()
    {
        var run = Run("dev", new() { ["REFUSALS"] = "99", ["REFUSAL"] = "storage" });

        Assert.Equal((1, 4), (run.ExitCode, run.Uploads));
        Assert.Contains("InaccessibleStorageException", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>The upload has succeeded, although the CLI reports the app as unhealthy.</summary>
    [Fact]
    public void Takes_the_word_of_the_app_when_the_client_calls_it_unhealthy()
    {
        var run = Run("dev", new() { ["UNHEALTHY"] = "yes" }, 503, 503, 200);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal((1, 3), (run.Uploads, run.Asked));
    }

    [Theory]
    [InlineData(503, "cancel-worker-down")]
    [InlineData(404, ".azurefunctions")]
    [InlineData(403, "inside its virtual network")]
    public void Cannot_succeed_when_the_app_is_not_well(int status, string hint)
    {
        var run = Run("dev", new() { ["HEALTH_SECONDS"] = "1" }, status);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
        Assert.Contains($"returned {status} instead of 200", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_until_a_new_role_is_known_to_the_vault()
    {
        var run = Run("dev", new() { ["LATE_ROLE"] = "3" });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(Secret, File.ReadAllText(Path.Combine(folder, "onramp-api-secret")));
    }

    [Theory]
    [InlineData("LATE_ROLE", "99", "Key Vault Secrets Officer")]
    [InlineData("CLOSED_VAULT", "yes", "deployerAddress")]
    [InlineData("ONRAMP_API_SECRET", "", "Set ONRAMP_API_SECRET")]
    public void Cannot_deploy_code_that_would_find_no_secrets(string variable, string value, string hint)
    {
        var run = Run("dev", new() { [variable] = value });

        Assert.Equal((1, 0), (run.ExitCode, run.Uploads));
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Registers_what_the_subscription_does_not_have_yet()
    {
        var run = Run("dev", new() { ["REGISTERED"] = AllProviders.Replace("Microsoft.App ", "") });

        Assert.Equal(
            ["az provider register --namespace Microsoft.App --wait --output none"],
            run.Calls.Split('\n').Where(call => call.Contains("provider register", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Cannot_register_without_a_right_to_and_says_who_can()
    {
        var run = Run("dev", new() { ["REGISTERED"] = "", ["MAY_NOT_REGISTER"] = "yes" });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "Ask an administrator of the subscription to run: az provider register --namespace Microsoft.",
            run.Errors,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("deployment group create", run.Calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("staging", "ALERT_EMAIL", "none", "infra/main.staging.bicepparam does not exist")]
    [InlineData("dev", "ALERT_EMAIL", "", "Set ALERT_EMAIL")]
    [InlineData("dev", "PACKAGE", "away.zip", "The package away.zip does not exist")]
    [InlineData("", "ALERT_EMAIL", "none", "Usage: infra/deploy.sh dev|prod [region]")]
    [InlineData("--verbose", "ALERT_EMAIL", "none", "Usage: infra/deploy.sh dev|prod [region]")]
    public void Cannot_begin_what_would_be_left_half_done(
        string environment,
        string variable,
        string value,
        string sentence
    )
    {
        var run = Run(environment, new() { [variable] = value });

        Assert.Equal((2, ""), (run.ExitCode, run.Calls));
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>A build takes minutes, so all checks that stop a deployment come first.</summary>
    [Fact]
    public void Cannot_build_without_a_target()
    {
        var run = Run("dev", new() { ["NOBODY"] = "yes", ["PACKAGE"] = "" });

        Assert.Equal((2, 1, ""), (run.ExitCode, run.Calls.Trim().Split('\n').Length, run.Output));
        Assert.Equal(
            "You are not signed in. Run az login, then az account set --subscription NAME.",
            run.Errors.Trim()
        );
    }

    [Fact]
    public void Cannot_begin_without_its_tools_and_names_them()
    {
        string bare = Directory.CreateDirectory(Path.Combine(folder, "bare")).FullName;
        foreach (string tool in (string[])["dirname", "sed", "curl"])
        {
            File.CreateSymbolicLink(Path.Combine(bare, tool), $"/usr/bin/{tool}");
        }

        var run = Run("dev", new() { ["PATH"] = bare, ["PACKAGE"] = "" });

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            [
                "Install az first. infra/README.md lists the requirements.",
                "Install dotnet first. infra/README.md lists the requirements.",
                "Install zip first. infra/README.md lists the requirements.",
            ],
            run.Errors.Trim().Split('\n')
        );
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Says_how_it_is_used(string help)
    {
        var run = Run(help, new() { ["ALERT_EMAIL"] = "" });

        Assert.Equal((0, "", ""), (run.ExitCode, run.Calls, run.Errors));
        Assert.StartsWith("Usage: infra/deploy.sh dev|prod [region]\n", run.Output, StringComparison.Ordinal);
        Assert.All(
            ["ALERT_EMAIL", "RESOURCE_GROUP", "PACKAGE", "AZURE_PRINCIPAL_ID", "SECRETS", "ONRAMP_API_KEY"],
            name => Assert.Contains(name, run.Output, StringComparison.Ordinal)
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    internal static string AllProviders { get; } =
        string.Join(
            ' ',
            Repository
                .Read("infra/scripts/providers.sh")
                .Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.StartsWith("Microsoft.", StringComparison.Ordinal))
        );

    private DeployRun Run(string environment, Dictionary<string, string> variables, params int[] health)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The script is for bash.");
            throw new UnreachableException();
        }

        string az = Path.Combine(folder, "az");
        string calls = Path.Combine(folder, "calls");
        File.WriteAllText(az, FakeAz.Script);
        File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(calls, "");
        using var app = new HealthServer(health is [] ? [200] : health);
        var start = new ProcessStartInfo(
            "bash",
            [Repository.PathOf("infra/deploy.sh"), .. environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}",
                ["CALLS"] = calls,
                ["STATE"] = folder,
                ["GROUP_EXISTS"] = "false",
                ["REGISTERED"] = AllProviders,
                ["HEALTH"] = app.Url,
                ["ALERT_EMAIL"] = "none",
                ["ONRAMP_API_KEY"] = "key",
                ["ONRAMP_API_SECRET"] = Secret,
                ["PACKAGE"] = Path.Combine(folder, "app.zip"),
                ["RETRIES"] = "4",
                ["RETRY_SECONDS"] = "0",
            },
        };
        foreach (string unset in (string[])["RESOURCE_GROUP", "AZURE_PRINCIPAL_ID", "SECRETS"])
        {
            start.Environment.Remove(unset);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new DeployRun(
            process.ExitCode,
            File.ReadAllText(calls),
            output,
            errors.GetAwaiter().GetResult(),
            app.Asked,
            app.Url
        );
    }

    private sealed record DeployRun(int ExitCode, string Calls, string Output, string Errors, int Asked, string Url)
    {
        public int Uploads => Calls.Split("config-zip").Length - 1;
    }
}
