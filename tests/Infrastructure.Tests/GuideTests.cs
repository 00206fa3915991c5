using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>The documents for people say nothing that is not so: README, CONTRIBUTING and the guides in docs/.</summary>
public sealed class GuideTests
{
    private static readonly string Configuration = Repository.Read("docs/configuration.md");

    public static TheoryData<string> Documents =>
    [
        "README.md", "CONTRIBUTING.md", "SECURITY.md", "infra/README.md",
        .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(static file => $"docs/{Path.GetFileName(file)}"),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_to_files_and_headings_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var text = WithoutCode(Repository.Read(document));
        Assert.All(Regex.Matches(text, @"\]\((?!https?:)(?<path>[^)#]*)(?:#(?<heading>[^)]+))?\)").Cast<Match>(), link =>
        {
            var target = link.Groups["path"].Value is { Length: > 0 } path ? Path.Combine(folder, path) : Repository.PathOf(document);
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{link.Value} leads nowhere.");
            if (link.Groups["heading"].Value is { Length: > 0 } heading)
            {
                Assert.Contains(heading, Regex.Matches(WithoutCode(File.ReadAllText(target)), "^#+ (?<title>.+)$", RegexOptions.Multiline).Select(static title => Anchor(title.Groups["title"].Value)));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Names_folders_and_projects_that_exist(string document)
    {
        var text = Repository.Read(document);
        var named = Regex.Matches(text, @"`(?<found>(?:src|tests|infra|samples|docs)/[\w./-]+)`").Concat(Regex.Matches(text, @"--project (?<found>[\w./]+)")).Select(static match => match.Groups["found"].Value);
        Assert.All(named.Distinct(), path => Assert.True(File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)), $"{path} does not exist."));
    }

    [Fact]
    public void Explains_every_setting_of_the_code_and_no_other()
    {
        string[] others = ["ServiceBus__fullyQualifiedNamespace", "ServiceBus__credential", "ServiceBus__clientId"];
        var explained = Regex.Matches(Configuration, @"`(?<found>\w+?__\w+)`").Select(static match => match.Groups["found"].Value)
            .Where(static name => !name.StartsWith("LocalHost__", StringComparison.Ordinal) && !name.StartsWith("__", StringComparison.Ordinal))
            .Except(others).Select(CodeSettings.Fold);
        Assert.Equal(CodeSettings.Names.Order(), explained.Distinct().Order());
        Assert.All(CodeSettings.Entities, name => Assert.Contains($"`{name}`", Configuration, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_every_outcome_and_trigger()
    {
        var events = Repository.Read("docs/queue-and-events.md");
        Assert.All(
            OutcomeTable.Rows.SelectMany(static row => new[] { row.Name, row.ReasonCode }).OfType<string>().Concat(Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name())),
            name => Assert.Contains($"`{name}`", events, StringComparison.Ordinal));
    }

    /// <summary>The heading as the page that shows it links to it.</summary>
    private static string Anchor(string title) => Regex.Replace(title.Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');

    private static string WithoutCode(string text) => Regex.Replace(text, "^```.*?^```", "", RegexOptions.Multiline | RegexOptions.Singleline);
}
