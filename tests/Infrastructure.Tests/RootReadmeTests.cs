using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>The README at the root says nothing that is not so.</summary>
public sealed class RootReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void Says_in_CONTRIBUTING_where_tests_go()
        => Assert.All(Regex.Matches(Repository.Read("CONTRIBUTING.md"), @"`(tests/[\w./-]+)`").Select(match => match.Groups[1].Value), path =>
            Assert.True(Directory.Exists(Repository.PathOf(path)), $"{path} does not exist."));

    [Fact]
    public void Links_and_names_files_that_exist()
    {
        var links = Find(@"\]\((?!https?:|#)(?<found>[^)#]+)\)");
        var folders = Find(@"`(?<found>(?:src|tests|infra)/[\w./-]+)`");
        var projects = Find(@"--project (?<found>[\w./]+)");
        Assert.All(links.Concat(folders).Concat(projects).Concat(Find(@"cp (?<found>local\.settings\.sample\.json)")).Distinct(), path =>
            Assert.True(File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)), $"{path} does not exist."));
    }

    [Fact]
    public void Explains_every_setting_of_the_code_and_no_other()
    {
        string[] others = ["ServiceBus__fullyQualifiedNamespace", "ServiceBus__credential", "ServiceBus__clientId"];
        var explained = Find(@"`(?<found>\w+?__\w+)`")
            .Where(name => !name.StartsWith("LocalHost__", StringComparison.Ordinal) && !name.StartsWith("__", StringComparison.Ordinal))
            .Except(others).Select(CodeSettings.Fold);
        Assert.Equal(CodeSettings.Names.Order(), explained.Distinct().Order());
        Assert.All(CodeSettings.Entities, name => Assert.Contains($"`{name}`", Readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_every_problem_type_and_no_other()
    {
        var inCode = ProblemType.All.Select(type => type.Code);
        var table = Readme[Readme.IndexOf("| status | type |", StringComparison.Ordinal)..Readme.IndexOf("### Queue", StringComparison.Ordinal)];
        var listed = Regex.Matches(table, @"`(?<found>[a-z]+(?:-[a-z]+)*)`").Select(match => match.Groups["found"].Value).Except(["errors", "detail"]);
        Assert.Equal(inCode.Distinct().Order(), listed.Distinct().Order());
    }

    [Fact]
    public void Names_every_outcome_and_trigger()
        => Assert.All(
            OutcomeTable.Rows.SelectMany(row => new[] { row.Name, row.ReasonCode }).OfType<string>().Concat(Enum.GetValues<CancelTrigger>().Select(trigger => trigger.Name())),
            name => Assert.Contains($"`{name}`", Readme, StringComparison.Ordinal));

    [Fact]
    public void Names_every_field_of_a_request()
    {
        var fields = (IEnumerable<object>)typeof(CancelRequest).Assembly.GetType("Onramp.Cancellation.Requests.RequestField", throwOnError: true)!.GetProperty("All")!.GetValue(null)!;
        Assert.All(fields.Select(static field => (string)field.GetType().GetProperty("Name")!.GetValue(field)!), name => Assert.Matches($"[`\"]{name}[`\"]", Readme));
    }

    private static List<string> Find(string pattern)
        => [.. Regex.Matches(Readme, pattern, RegexOptions.Multiline).Select(match => match.Groups["found"].Value).Distinct()];
}
