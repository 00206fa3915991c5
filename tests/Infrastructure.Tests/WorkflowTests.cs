using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

public sealed class WorkflowTests
{
    private static readonly string Workflow = Repository.Read(".github/workflows/deploy.yml");
    private static readonly string Checks = Repository.Read(".github/workflows/ci.yml");

    [Fact]
    public void Starts_only_when_a_person_starts_it() =>
        Assert.Matches(new Regex(@"^on:\n  workflow_dispatch:\n(    .*\n)+\n", RegexOptions.Multiline), Workflow);

    [Fact]
    public void Uses_only_actions_pinned_to_a_commit()
    {
        string[] uses =
        [
            .. Regex.Matches(Workflow + Checks, @"uses: (?<action>.+)").Select(m => m.Groups["action"].Value),
        ];

        Assert.NotEmpty(uses);
        Assert.All(
            uses,
            action => Assert.Matches(new Regex(@"^[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$"), action)
        );
    }

    [Fact]
    public void Gives_the_job_that_builds_no_identity()
    {
        string[] jobs = Regex.Split(Workflow, @"^  (?=\w+:\n    runs-on)", RegexOptions.Multiline);

        Assert.Contains("permissions: {}", jobs[0], StringComparison.Ordinal);
        Assert.DoesNotContain(
            "id-token",
            jobs.Single(job => job.StartsWith("build:", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.All(jobs[2..], job => Assert.DoesNotContain("dotnet", job, StringComparison.Ordinal));
    }

    [Fact]
    public void Deploys_only_what_was_tested_both_ways_and_attested()
    {
        Assert.Contains(
            "- run: dotnet test\n      - run: dotnet test -p:ServiceBusExtension=nuget\n      - run: dotnet publish",
            Workflow,
            StringComparison.Ordinal
        );
        Assert.Matches(new Regex(@"attest:\n(    .*\n)+?    needs: build\n"), Workflow);
        Assert.Matches(new Regex(@"deploy:\n(    .*\n)+?    needs: attest\n"), Workflow);
        Assert.True(
            Workflow.IndexOf("gh attestation verify", StringComparison.Ordinal) is var verified
                && verified > 0
                && verified < Workflow.IndexOf("infra/deploy.sh", StringComparison.Ordinal)
        );
        Assert.Contains("SECRETS: keep", Workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void Pins_an_action_to_one_commit_everywhere() =>
        Assert.All(
            Regex
                .Matches(Workflow + Checks, @"uses: (?<name>[^@]+)@(?<commit>\w+)")
                .GroupBy(m => m.Groups["name"].Value, m => m.Groups["commit"].Value),
            action => Assert.Single(action.Distinct())
        );

    [Fact]
    public void Lets_a_change_that_is_only_proposed_read_and_nothing_else()
    {
        Assert.Equal("permissions:", Assert.Single(Regex.Matches(Checks, "permissions:")).Value);
        Assert.Contains("\npermissions:\n  contents: read\n\n", Checks, StringComparison.Ordinal);
    }

    [Fact]
    public void Carries_no_secret() => Assert.DoesNotContain("secrets.", Workflow + Checks, StringComparison.Ordinal);

    [Fact]
    public void Offers_the_environments_that_have_parameters()
    {
        string[] offered =
        [
            .. Regex.Match(Workflow, @"options: \[(?<names>[^\]]+)\]").Groups["names"].Value.Split(", "),
        ];
        string[] described =
        [
            .. Directory
                .GetFiles(Repository.PathOf("infra"), "main.*.bicepparam")
                .Select(f => Path.GetFileName(f).Split('.')[1]),
        ];

        Assert.Equal(described.Order(), offered.Order());
    }
}
