using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Onramp.Testing.Limits;

namespace Infrastructure.Tests;

/// <summary>
/// Tests the deployment script and the scripts it shares with azd, with fake commands that behave like the real az.
/// </summary>
[StartsFirst]
public sealed class DeployScriptTests : IDisposable
{
    private const string Secret = "S3cret of the provider";

    private const string Scope = "/subscriptions/1/resourceGroups/rg-onramp-cancel-dev/providers/Microsoft.ServiceBus";
    private const string Needed =
        $"{Scope}/namespaces/sb/providers/Microsoft.Authorization/roleAssignments/One {Scope}/vaults/kv/providers/Microsoft.Authorization/roleAssignments/Two";

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
            az account show --query id --output tsv
            az group exists --name rg-onramp-cancel-dev
            az functionapp list-flexconsumption-locations --zone-redundant=false --query [].name --output tsv
            az account show --query id --output tsv
            az provider list --query [?registrationState=='Registered'].namespace --output tsv
            az group create --name rg-onramp-cancel-dev --location westeurope --output none
            az deployment group create --name onramp-cancel --resource-group rg-onramp-cancel-dev --parameters infra/main.dev.bicepparam --output none
            az deployment group show --name onramp-cancel --resource-group rg-onramp-cancel-dev --query [keys(properties.outputs), values(properties.outputs)[].value] --output tsv
            az rest --method get --url /vaults/kv-cancel-abc123/secrets/onramp-api-key?api-version=2024-11-01 --output none
            az rest --method get --url /vaults/kv-cancel-abc123/secrets/onramp-api-secret?api-version=2024-11-01 --output none
            az rest --method get --url /vaults/kv-cancel-abc123/secrets/queue-authentication-key?api-version=2024-11-01 --output none
            az rest --method get --url /vaults/kv-cancel-abc123/secrets/webhook-storefront?api-version=2024-11-01 --output none
            az account show --query user.type --output tsv
            az ad signed-in-user show --query id --output tsv
            az role assignment create --role Key Vault Secrets Officer --scope /vaults/kv-cancel-abc123 --assignee-object-id 00000000-0000-0000-0000-0000000000dd --assignee-principal-type User --description Set the secrets, during a deployment. --query join('|', [id, description || '']) --output tsv
            az keyvault secret set --vault-name kv-cancel-abc123 --name onramp-api-key --file /dev/stdin --encoding utf-8 --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name onramp-api-secret --file /dev/stdin --encoding utf-8 --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name queue-authentication-key --file /dev/stdin --encoding utf-8 --output none
            az keyvault secret set --vault-name kv-cancel-abc123 --name webhook-storefront --file /dev/stdin --encoding utf-8 --output none
            az role assignment delete --ids /vaults/kv-cancel-abc123/providers/Microsoft.Authorization/roleAssignments/officer
            az functionapp deployment source config-zip --resource-group rg-onramp-cancel-dev --name func-onramp-cancel-abc123 --src {folder}/app.zip --output none
            az rest --method get --url /subscriptions/{"{subscriptionId}"}/resourceGroups/rg-onramp-cancel-dev/providers/Microsoft.Authorization/roleAssignments --url-parameters api-version=2022-04-01 $filter=principalId eq 'the-app' --query value[].id --output tsv
            az rest --method get --url /vaults/kv-cancel-abc123/providers/Microsoft.Authorization/roleAssignments --url-parameters api-version=2022-04-01 $filter=atScope() --query value[?properties.description=='Set the secrets, during a deployment.'].id --output tsv
            """,
            Regex.Replace(run.Calls.Trim(), @" --expires \S+", "")
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

        var run = Run("dev", new() { ["REGISTERED"] = AllProviders.Replace("Microsoft.App ", ""), ["SIGNERS"] = "" });

        Assert.Equal(
            shown.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            run.Output.Replace(run.Url, "https://func-onramp-cancel-abc123.azurewebsites.net/api/health")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Regex.Replace(line, @"until \d{4}-\d\d-\d\d", "until 2027-11-29"))
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
        SetSecrets();

        var run = Run("prod", new() { ["GROUP_EXISTS"] = "true" });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.DoesNotContain("group create --name rg", run.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("secret set", run.Calls, StringComparison.Ordinal);
    }

    /// <summary>An unused role can be misused.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("ONRAMP_API_SECRET", "")]
    [InlineData("LATE_ROLE", "99")]
    [InlineData("CLOSED_VAULT", "yes")]
    public void Leaves_no_right_to_the_secrets_behind(string variable, string value)
    {
        var run = Run("secrets.sh", variable.Length == 0 ? [] : new() { [variable] = value });

        Assert.Contains("/secrets/webhook-storefront", run.Calls, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "officer")));
    }

    [Fact]
    public void Needs_no_right_to_secrets_that_are_there()
    {
        SetSecrets();

        var run = Run("secrets.sh", []);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("role assignment create", run.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_a_role_that_was_there_before()
    {
        var run = Run("secrets.sh", new() { ["STANDING"] = "Rotates the secrets." });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.DoesNotContain("role assignment delete", run.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_person_to_set_the_secrets_that_the_workflow_cannot_set()
    {
        var run = Run("prod", new() { ["SECRETS"] = "keep", ["USER_TYPE"] = "servicePrincipal" });

        Assert.Equal((1, 0), (run.ExitCode, run.Uploads));
        Assert.Contains(
            "does not have these secrets: onramp-api-key onramp-api-secret queue-authentication-key webhook-storefront.",
            run.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains("A person must set them first", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_vault_alone_for_a_deployer_without_a_right_to_it()
    {
        SetSecrets();

        var run = Run("prod", new() { ["SECRETS"] = "keep", ["USER_TYPE"] = "servicePrincipal" });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.DoesNotContain("keyvault", run.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("role assignment create", run.Calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "object id")]
    [InlineData("00000000-0000-0000-0000-0000000000ee", "")]
    public void Assigns_a_service_principal_its_role_as_what_it_is(string id, string hint)
    {
        var run = Run("secrets.sh", new() { ["USER_TYPE"] = "servicePrincipal", ["AZURE_PRINCIPAL_ID"] = id });

        Assert.Equal(hint.Length == 0 ? 0 : 1, run.ExitCode);
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
        Assert.Equal(
            hint.Length == 0,
            run.Calls.Contains(
                $"--assignee-object-id {id} --assignee-principal-type ServicePrincipal",
                StringComparison.Ordinal
            )
        );
    }

    [Theory]
    [InlineData("365", true)]
    [InlineData("0", false)]
    public void Lets_a_new_secret_expire_unless_it_shall_not(string days, bool expires)
    {
        var run = Run("secrets.sh", new() { ["SECRET_DAYS"] = days });

        Assert.Equal(expires ? 4 : 0, Regex.Count(run.Calls, @"--expires \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"));
    }

    /// <summary>
    /// A deployment only adds. Roles that are needed, those above the group and those of others stay.
    /// </summary>
    [Theory]
    [InlineData("GIVEN", "an earlier deployment gave more to the app")]
    [InlineData("LEFT", "a deployment was killed while it could set the secrets")]
    public void Removes_roles_that_are_no_longer_needed(string variable, string why)
    {
        Assert.NotEmpty(why);
        string stale = $"{Scope}/namespaces/sb/providers/Microsoft.Authorization/roleAssignments/Stale";
        var run = Run("tighten.sh", new() { [variable] = $"{Needed.ToLowerInvariant()} {stale}" });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(
            [$"az role assignment delete --ids {stale}"],
            run.Calls.Split('\n').Where(c => c.Contains("assignment delete", StringComparison.Ordinal))
        );
    }

    /// <summary>The lock is back afterwards, also if the role could not be removed.</summary>
    [Theory]
    [InlineData("nothing", 1)]
    [InlineData("Stale", 1)]
    public void Lifts_a_lock_only_while_it_removes_a_role(string unremovable, int times)
    {
        SetSecrets();
        File.WriteAllText(Path.Combine(folder, "locked"), "");
        string scope = $"{Scope}/namespaces/sb";
        var run = Run(
            "tighten.sh",
            new()
            {
                ["GIVEN"] = $"{Needed} {scope}/providers/Microsoft.Authorization/roleAssignments/Stale",
                ["UNREMOVABLE"] = unremovable,
            }
        );

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.True(File.Exists(Path.Combine(folder, "locked")));
        Assert.Equal(times, run.Calls.Split($"az lock delete --ids {scope}/providers").Length - 1);
        Assert.Contains(
            $"az lock create --name keep --resource {scope} --lock-type CanNotDelete --notes Holds the secrets.",
            run.Calls,
            StringComparison.Ordinal
        );
        Assert.Equal(unremovable == "Stale", run.Errors.Contains("could not be removed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("North Europe", "false", "")]
    [InlineData("westus", "false", "")]
    [InlineData("northeurope", "true", "")]
    [InlineData("westus", "true", "westus does not have Flex Consumption with availability zones.")]
    [InlineData("mars", "false", "mars does not have Flex Consumption.")]
    public void Cannot_use_a_region_that_lacks_what_is_needed(string region, string zones, string sentence)
    {
        var run = Run(["region.sh", region, zones], []);

        Assert.Equal(sentence.Length == 0 ? 0 : 1, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev", "westus", "", true)]
    [InlineData("prod", "westus", "", false)]
    // The region of an existing group counts.
    [InlineData("prod", "westeurope", "westus", false)]
    public void Cannot_begin_in_a_region_without_zones_if_it_uses_them(
        string environment,
        string region,
        string existing,
        bool begins
    )
    {
        var run = Run(
            [environment, region],
            new() { ["GROUP_EXISTS"] = existing.Length > 0 ? "true" : "false", ["GROUP_REGION"] = existing }
        );

        Assert.Equal(begins ? 0 : 2, run.ExitCode);
        Assert.Equal(begins, run.Calls.Contains("deployment group create", StringComparison.Ordinal));
    }

    [Fact]
    public void Works_with_rights_on_the_group_alone()
    {
        SetSecrets();
        var run = Run(
            "prod",
            new()
            {
                ["GROUP_RIGHTS"] = "yes",
                ["GROUP_EXISTS"] = "true",
                ["SECRETS"] = "keep",
            }
        );

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("MissingSubscriptionRegistration", run.Errors, StringComparison.Ordinal);
        Assert.Contains("is not checked", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000", "does not have the digest 0000")]
    [InlineData("", "")]
    [InlineData("its own", "")]
    public void Cannot_deploy_another_package_than_the_one_whose_digest_is_known(string digest, string sentence)
    {
        string own = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "app.zip"))));
        var run = Run("dev", new() { ["PACKAGE_SHA256"] = digest == "its own" ? own : digest });

        Assert.Equal((sentence.Length == 0 ? 0 : 2, sentence.Length > 0), (run.ExitCode, run.Calls.Length == 0));
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>azd has a sign-in and a subscription of its own [learn.microsoft.com/azure/developer/azure-developer-cli].</summary>
    [Fact]
    public void Cannot_deploy_to_another_subscription_than_azd()
    {
        var run = Run("dev", new() { ["AZURE_SUBSCRIPTION_ID"] = "00000000-0000-0000-0000-000000000009" });

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "Run az account set --subscription 00000000-0000-0000-0000-000000000009.",
            run.Errors,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("storage")]
    [InlineData("restart")]
    [InlineData("unavailable")]
    [InlineData("conflict")]
    public void Uploads_again_what_failed_for_a_reason_that_passes(string reason)
    {
        var run = Run(["code.sh", Package], new() { ["REFUSALS"] = "2", ["REFUSAL"] = reason });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(3, run.Uploads);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("package")]
    [InlineData("an unknown error")]
    public void Cannot_upload_again_what_failed_for_good(string reason)
    {
        var run = Run(["code.sh", Package], new() { ["REFUSALS"] = "9", ["REFUSAL"] = reason });

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
        var run = Run(["code.sh", Package], []);

        Assert.Equal((1, 0), (run.ExitCode, run.Uploads));
        Assert.Contains("has no Service Bus extension", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_upload_for_ever()
    {
        var run = Run(["code.sh", Package], new() { ["REFUSALS"] = "99", ["REFUSAL"] = "storage" });

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
        var run = Run("health.sh", new() { ["HEALTH_SECONDS"] = "0" }, status);

        Assert.Equal((1, 1), (run.ExitCode, run.Asked));
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
        Assert.Contains($"returned {status} instead of 200", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_until_a_new_role_is_known_to_the_vault()
    {
        var run = Run("secrets.sh", new() { ["LATE_ROLE"] = "3" });

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(Secret, File.ReadAllText(Path.Combine(folder, "onramp-api-secret")));
    }

    [Theory]
    [InlineData("LATE_ROLE", "99", "Key Vault Secrets Officer")]
    [InlineData("MAY_NOT_ASSIGN", "yes", "Ask an owner of the resource group")]
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
    [InlineData("", "ALERT_EMAIL", "none", "Usage: infra/deploy.sh dev|prod|standby [region]")]
    [InlineData("--verbose", "ALERT_EMAIL", "none", "Usage: infra/deploy.sh dev|prod|standby [region]")]
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

        Assert.Equal(
            [
                "Install az first. infra/README.md lists the requirements.",
                "Install openssl first. infra/README.md lists the requirements.",
                "Install dotnet first. infra/README.md lists the requirements.",
                "Install zip first. infra/README.md lists the requirements.",
            ],
            run.Errors.Trim().Split('\n')
        );
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Says_how_it_is_used(string help)
    {
        var run = Run(help, new() { ["ALERT_EMAIL"] = "" });

        Assert.Equal((0, "", ""), (run.ExitCode, run.Calls, run.Errors));
        Assert.StartsWith("Usage: infra/deploy.sh dev|prod|standby [region]\n", run.Output, StringComparison.Ordinal);
        Assert.All(
            [
                "ALERT_EMAIL",
                "ALERT_ACTION_GROUP",
                "RESOURCE_GROUP",
                "PACKAGE",
                "PACKAGE_SHA256",
                "AZURE_PRINCIPAL_ID",
                "SECRETS",
                "SECRET_DAYS",
                "ONRAMP_API_KEY",
            ],
            name => Assert.Contains(name, run.Output, StringComparison.Ordinal)
        );
    }

    private string Package => Path.Combine(folder, "app.zip");

    private void SetSecrets()
    {
        foreach (
            string name in (string[])
                ["onramp-api-key", "onramp-api-secret", "queue-authentication-key", "webhook-storefront"]
        )
        {
            File.WriteAllText(Path.Combine(folder, name), "old");
        }
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

    private DeployRun Run(string environment, Dictionary<string, string> variables, params int[] health) =>
        Run(environment.Split(' ', StringSplitOptions.RemoveEmptyEntries), variables, health);

    private DeployRun Run(string[] arguments, Dictionary<string, string> variables, params int[] health)
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
        string[] command =
            arguments is [var script, .. var rest] && script.EndsWith(".sh", StringComparison.Ordinal)
                ? [Repository.PathOf($"infra/scripts/{script}"), .. rest]
                : [Repository.PathOf("infra/deploy.sh"), .. arguments];
        var start = new ProcessStartInfo("bash", command)
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
                ["NEEDED"] = Needed,
                // The outputs of the deployment, for the scripts that azd starts.
                ["AZURE_RESOURCE_GROUP"] = "rg-onramp-cancel-dev",
                ["AZURE_FUNCTION_APP_NAME"] = "func-onramp-cancel-abc123",
                ["HEALTH_URL"] = app.Url,
                ["AZURE_KEY_VAULT_NAME"] = "kv-cancel-abc123",
                ["AZURE_KEY_VAULT_ID"] = "/vaults/kv-cancel-abc123",
                ["API_KEY_SECRET_NAME"] = "onramp-api-key",
                ["API_SECRET_SECRET_NAME"] = "onramp-api-secret",
                ["QUEUE_KEY_SECRET_NAME"] = "queue-authentication-key",
                ["CALLER_SECRET_NAMES"] = "webhook-storefront",
                ["APP_PRINCIPAL_ID"] = "the-app",
                ["ROLE_ASSIGNMENTS"] = Needed,
                ["ALERT_EMAIL"] = "none",
                ["ONRAMP_API_KEY"] = "key",
                ["ONRAMP_API_SECRET"] = Secret,
                ["PACKAGE"] = Package,
                ["RETRIES"] = "4",
                ["RETRY_SECONDS"] = "0",
            },
        };
        foreach (
            string unset in (string[])
                [
                    "RESOURCE_GROUP",
                    "AZURE_PRINCIPAL_ID",
                    "AZURE_SUBSCRIPTION_ID",
                    "SECRETS",
                    "SECRET_DAYS",
                    "PACKAGE_SHA256",
                ]
        )
        {
            start.Environment.Remove(unset);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var child = ChildProcess.Start(start);
        var process = child.Process;
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
