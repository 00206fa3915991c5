using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>azd and deploy.sh deploy the same resources with the same scripts.</summary>
public sealed class AzdTests(Compilation bicep)
{
    private static readonly string Project = Repository.Read("azure.yaml");
    private static readonly string[] Scripts =
    [
        .. Directory
            .GetFiles(Repository.PathOf("infra/scripts"))
            .Append(Repository.PathOf("infra/deploy.sh"))
            .Select(File.ReadAllText),
    ];

    /// <summary>
    /// azd prefers infra/[module].bicepparam to infra/[module].bicep [Azure/azure-dev, bicep_provider.go, Initialize].
    /// </summary>
    [Fact]
    public void Takes_the_parameters_of_the_dev_environment() =>
        Assert.Contains(
            "using 'main.bicep'",
            Repository.Read($"infra/{Word("module")}.bicepparam"),
            StringComparison.Ordinal
        );

    /// <summary>
    /// azd would publish without a runtime, so another package than the tested one, and does not repeat what failed because
    /// a role is new. Without services it runs the hooks alone [Azure/azure-dev, up_graph.go].
    /// </summary>
    [Fact]
    public void Leaves_the_package_to_the_scripts()
    {
        Assert.DoesNotContain("\nservices:", Project, StringComparison.Ordinal);
        Assert.All(
            ["infra/scripts/release.sh", ".github/workflows/ci.yml", ".github/workflows/deploy.yml"],
            file => Assert.Contains("scripts/package.sh", Repository.Read(file), StringComparison.Ordinal)
        );
        Assert.Contains("--runtime linux-x64", Repository.Read("infra/scripts/package.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_the_scripts_of_the_deployment_in_its_order()
    {
        string[] hooks = [.. Regex.Matches(Project, @"run: bash (?<script>\S+)").Select(m => m.Groups["script"].Value)];
        string[] order =
        [
            .. Regex
                .Matches(Repository.Read("infra/deploy.sh"), @"bash (?<script>infra/scripts/[\w-]+\.sh)")
                .Select(m => m.Groups["script"].Value),
        ];

        Assert.Equal(["infra/scripts/providers.sh", "infra/scripts/release.sh"], hooks);
        Assert.Equal(hooks, order.Intersect(hooks));
        Assert.Contains("signed-in.sh", Repository.Read(hooks[0]), StringComparison.Ordinal);
    }

    /// <summary>
    /// Azure returns outputs in another case, and azd in the case of the template. Upper case works with both.
    /// </summary>
    [Fact]
    public void Gives_the_scripts_the_outputs_they_ask_for()
    {
        string[] outputs = [.. bicep.Template.GetProperty("outputs").EnumerateObject().Select(o => o.Name)];
        var asked = Scripts
            .SelectMany(script =>
                Regex
                    .Matches(
                        script,
                        @"\$\{?(?<name>(AZURE_FUNCTION|AZURE_KEY_VAULT|AZURE_RESOURCE|API_|APP_|CALLER_|CANCEL_|HEALTH_URL|QUEUE_|ROLE_)\w*)"
                    )
                    .Select(m => m.Groups["name"].Value)
            )
            .Distinct()
            .ToArray();

        Assert.All(outputs, name => Assert.Equal(name.ToUpperInvariant(), name));
        Assert.Equal(12, asked.Length);
        Assert.Empty(asked.Except(outputs));
    }

    [Fact]
    public void Registers_the_provider_of_every_resource()
    {
        var used = bicep
            .All.SelectMany(snapshot => snapshot.Resources)
            .Select(r => r.Text("type").Split('/')[0])
            .Distinct()
            .Except(["Microsoft.Authorization", "Microsoft.Consumption", "Microsoft.Resources"]);

        Assert.Empty(used.Except(DeployScriptTests.AllProviders.Split(' ')));
    }

    private static string Word(string key) => Regex.Match(Project, $@"{key}: (?<value>\S+)").Groups["value"].Value;
}
