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

    [Fact]
    public void Finds_the_app_by_the_name_of_its_service()
    {
        string service = Regex
            .Match(Project, @"^services:\n  (?<name>\w+):", RegexOptions.Multiline)
            .Groups["name"]
            .Value;

        Assert.Equal(service, bicep["prod"].Only("Microsoft.Web/sites").Text("tags", "azd-service-name"));
        Assert.Equal("prod", bicep["prod"].Only("Microsoft.Web/sites").Text("tags", "environment"));
        Assert.True(Directory.Exists(Repository.PathOf(Word("project"))));
    }

    [Fact]
    public void Runs_the_scripts_of_the_deployment_in_its_order()
    {
        string[] hooks = [.. Regex.Matches(Project, @"run: bash (?<script>\S+)").Select(m => m.Groups["script"].Value)];
        string[] order =
        [
            .. Regex
                .Matches(Repository.Read("infra/deploy.sh"), @"bash (?<script>infra/scripts/\w+\.sh)")
                .Select(m => m.Groups["script"].Value),
        ];

        Assert.Equal(["infra/scripts/providers.sh", "infra/scripts/secrets.sh", "infra/scripts/health.sh"], hooks);
        Assert.Equal(hooks, order.Except(["infra/scripts/code.sh"]));
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
                    .Matches(script, @"\$\{?(?<name>(AZURE_FUNCTION|AZURE_KEY_VAULT|API_|CANCEL_|HEALTH_URL)\w*)")
                    .Select(m => m.Groups["name"].Value)
            )
            .Distinct()
            .ToArray();

        Assert.All(outputs, name => Assert.Equal(name.ToUpperInvariant(), name));
        Assert.Equal(6, asked.Length);
        Assert.Empty(asked.Except(outputs));
    }

    [Fact]
    public void Registers_the_provider_of_every_resource()
    {
        var used = bicep
            .All.SelectMany(snapshot => snapshot.Resources)
            .Select(r => r.Text("type").Split('/')[0])
            .Distinct()
            .Except(["Microsoft.Authorization", "Microsoft.Resources"]);

        Assert.Empty(used.Except(DeployScriptTests.AllProviders.Split(' ')));
    }

    private static string Word(string key) => Regex.Match(Project, $@"{key}: (?<value>\S+)").Groups["value"].Value;
}
