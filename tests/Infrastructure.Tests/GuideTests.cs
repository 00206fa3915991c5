using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>Checks that README, CONTRIBUTING and the guides in docs/ are true.</summary>
public sealed class GuideTests
{
    private static readonly string Configuration = Repository.Read("docs/configuration.md");

    public static TheoryData<string> Documents =>
        [
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "infra/README.md",
            "tools/ServiceBusEmulator/README.md",
            "samples/README.md",
            .. Directory
                .EnumerateFiles(Repository.PathOf("docs"), "*.md")
                .Select(static file => $"docs/{Path.GetFileName(file)}"),
        ];

    [Fact]
    public void Can_read_the_readme_in_two_minutes() =>
        Assert.InRange(
            Repository.Read("README.md").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
            1,
            500
        );

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_to_files_and_headings_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var text = WithoutCode(Repository.Read(document));
        Assert.All(
            Regex.Matches(text, @"\]\((?!https?:)(?<path>[^)#]*)(?:#(?<heading>[^)]+))?\)").Cast<Match>(),
            link =>
            {
                var target = link.Groups["path"].Value is { Length: > 0 } path
                    ? Path.Combine(folder, path)
                    : Repository.PathOf(document);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{link.Value} leads nowhere.");
                if (link.Groups["heading"].Value is { Length: > 0 } heading)
                {
                    Assert.Contains(
                        heading,
                        Regex
                            .Matches(WithoutCode(File.ReadAllText(target)), "^#+ (?<title>.+)$", RegexOptions.Multiline)
                            .Select(static title => Anchor(title.Groups["title"].Value))
                    );
                }
            }
        );
    }

    /// <summary>README.md has a table of its own, and a document with one section needs no contents.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Begins_with_what_it_is_for_and_its_contents(string document)
    {
        var parts = WithoutCode(Repository.Read(document)).Split("\n## ");
        var start = parts[0].Split("\n\n");
        Assert.Matches("^# [^\n]+$", start[0]);
        Assert.Matches("^[A-Z][^|]{60,}$", start[1].Trim());
        if (document != "README.md" && parts.Length > 2)
        {
            var links = Regex
                .Matches(parts[0], @"\]\(#(?<heading>[^)]+)\)")
                .Select(static link => link.Groups["heading"].Value);
            Assert.Empty(parts[1..].Select(static part => Anchor(part.Split('\n')[0])).Except(links));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Names_folders_and_projects_that_exist(string document)
    {
        var text = Repository.Read(document);
        var named = Regex
            .Matches(text, @"`(?<found>(?:src|tests|infra|samples|docs)/[\w./-]+)`")
            .Concat(Regex.Matches(text, @"--project (?<found>[\w./-]+)"))
            .Select(static match => match.Groups["found"].Value);
        Assert.All(
            named.Distinct(),
            path =>
                Assert.True(
                    File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)),
                    $"{path} does not exist."
                )
        );
    }

    [Fact]
    public void Explains_every_setting_of_the_code_and_no_other()
    {
        string[] others =
        [
            "AzureWebJobsStorage__tableServiceUri",
            "ServiceBus__fullyQualifiedNamespace",
            "ServiceBus__credential",
            "ServiceBus__clientId",
        ];
        var explained = Regex
            .Matches(Configuration, @"`(?<found>\w+?__\w+)`")
            .Select(static match => match.Groups["found"].Value)
            .Where(static name =>
                !name.StartsWith("LocalHost__", StringComparison.Ordinal)
                && !name.StartsWith("__", StringComparison.Ordinal)
            )
            .Except(others)
            .Select(CodeSettings.Fold);
        Assert.Equal(CodeSettings.Names.Order(), explained.Distinct().Order());
        Assert.All(
            CodeSettings.Entities,
            name => Assert.Contains($"`{name}`", Configuration, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Names_every_outcome_and_trigger()
    {
        var events = Repository.Read("docs/queue-and-events.md");
        Assert.All(
            OutcomeTable
                .Rows.SelectMany(static row => new[] { row.Name, row.ReasonCode })
                .OfType<string>()
                .Concat(Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name())),
            name => Assert.Contains($"`{name}`", events, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Explains_every_setting_of_the_local_host_with_its_default()
    {
        var type = typeof(LocalApp).Assembly.GetType(
            "OnrampFunctions.LocalHost.Hosting.LocalSettings",
            throwOnError: true
        )!;
        var settings = Activator.CreateInstance(type)!;
        var expected = type.GetProperties()
            .Select(property =>
                (
                    Name: $"LocalHost__{property.Name}",
                    Default: (property.Name, property.GetValue(settings)) switch
                    {
                        // The default, if HTTP does not use a free port.
                        ("Amqp", null) => "localhost:5672",
                        (_, null) => "none",
                        (_, bool or Enum) and (_, { } word) => $"{word}".ToLowerInvariant(),
                        (_, { } value) => $"{value}",
                    }
                )
            );

        Assert.Equal(
            expected.Order(),
            Rows("docs/local-host-reference.md", "## Settings")
                .SelectMany(static row => Words(row[0]).Zip(row[1] == "none" ? ["none"] : Words(row[1])))
                .Order()
        );
    }

    [Fact]
    public void Explains_every_kind_of_fault_and_no_other() =>
        Assert.Equal(
            Enum.GetValues<FaultKind>()
                .Where(static kind => kind != FaultKind.None)
                .Select(FaultNames.Of)
                .Order(StringComparer.Ordinal),
            Rows("docs/local-host-reference.md", "## Faults")
                .SelectMany(static row => Words(row[0]))
                .Order(StringComparer.Ordinal)
        );

    /// <summary>The cells of all tables below a heading, without the header rows.</summary>
    private static IEnumerable<string[]> Rows(string document, string heading) =>
        Repository
            .Read(document)
            .Split($"\n{heading}\n")[1]
            .Split("\n## ")[0]
            .Split('\n')
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split(" | ").Select(static cell => cell.Trim('|', ' ')).ToArray());

    /// <summary>The texts in backticks.</summary>
    private static IEnumerable<string> Words(string cell) =>
        Regex.Matches(cell, "`(?<word>[^`]+)`").Select(static match => match.Groups["word"].Value);

    /// <summary>The anchor of a heading.</summary>
    private static string Anchor(string title) =>
        Regex.Replace(title.Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');

    private static string WithoutCode(string text) =>
        Regex.Replace(text, "^```.*?^```", "", RegexOptions.Multiline | RegexOptions.Singleline);
}
