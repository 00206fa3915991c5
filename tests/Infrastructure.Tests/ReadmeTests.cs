using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

public sealed class ReadmeTests(Compilation bicep)
{
    private static readonly string Readme = Repository.Read("infra/README.md");

    [Fact]
    public void Speaks_only_of_parameters_that_exist()
    {
        string[] known =
        [
            .. bicep.Template.GetProperty("parameters").EnumerateObject().Select(p => p.Name),
            "maxConcurrentCalls",
            "maxReplicationLagDurationInSeconds",
            "functionTimeout",
            "namespaceReader",
        ];

        Assert.Empty(Quoted("[a-z]+(?:[A-Z]+[a-z]*)+").Except(known));
    }

    [Fact]
    public void Speaks_only_of_settings_that_exist() =>
        Assert.Empty(Quoted(@"\w+?__\w+").Select(CodeSettings.Fold).Except(CodeSettings.Names));

    [Fact]
    public void Says_what_to_do_about_every_alert() =>
        Assert.Equal(
            bicep["extremes"]
                .Alerts.Concat(bicep["prod"].Alerts)
                .Select(r => r.Text("name").Split('/')[^1])
                .Distinct()
                .Order(),
            Regex
                .Matches(Readme, @"^\| `(?<name>cancel-[a-z-]+)` \|", RegexOptions.Multiline)
                .Select(m => m.Groups["name"].Value)
                .Order()
        );

    [Fact]
    public void Lets_the_workflow_give_the_roles_of_the_app_and_no_others() =>
        Assert.Equal(
            bicep.Template.RoleTable().EnumerateObject().Select(r => r.Value.GetString()).Order(),
            Regex.Matches(Readme, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Select(m => m.Value).Distinct().Order()
        );

    [Fact]
    public void Names_files_that_exist()
    {
        string[] folders = ["infra", "infra/modules", ".github/workflows", "."];

        Assert.All(
            Quoted(@"[\w./]+\.(?:bicep|bicepparam|sh|yml)"),
            file => Assert.Contains(folders, folder => File.Exists(Repository.PathOf(Path.Combine(folder, file))))
        );
    }

    private static IEnumerable<string> Quoted(string pattern) =>
        Regex.Matches(Readme, $"`(?<name>{pattern})`").Select(m => m.Groups["name"].Value).Distinct();
}
