using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

public sealed class WorkflowTests
{
    private static readonly string Workflow = Repository.Read(".github/workflows/deploy.yml");
    private static readonly string Plan = Repository.Read(".github/workflows/plan.yml");
    private static readonly string Checks =
        Repository.Read(".github/workflows/ci.yml") + Repository.Read(".github/workflows/codeql.yml");

    [Fact]
    public void Starts_only_when_a_person_starts_it() =>
        Assert.Matches(new Regex(@"^on:\n  workflow_dispatch:\n(    .*\n)+\n", RegexOptions.Multiline), Workflow);

    [Fact]
    public void Uses_only_actions_pinned_to_a_commit()
    {
        string[] uses =
        [
            .. Regex
                .Matches(Workflow + Plan + Checks, @"uses: (?<action>[^.].+)")
                .Select(m => m.Groups["action"].Value),
        ];

        Assert.NotEmpty(uses);
        Assert.All(
            uses,
            action => Assert.Matches(new Regex(@"^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$"), action)
        );
    }

    [Fact]
    public void Gives_the_job_that_builds_no_identity()
    {
        string[] jobs = Regex.Split(Workflow.Split("\njobs:\n")[1], @"^  (?=\w+:\n)", RegexOptions.Multiline);

        Assert.Contains("\npermissions: {}\n", Workflow, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "id-token",
            jobs.Single(job => job.StartsWith("build:", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.All(
            jobs.Where(job => !job.StartsWith("build:", StringComparison.Ordinal)),
            job => Assert.DoesNotContain("dotnet", job, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Deploys_only_what_was_tested_both_ways_and_attested()
    {
        Assert.Contains(
            "- run: dotnet test\n      - run: dotnet test -p:ServiceBusExtension=nuget\n      - run: infra/scripts/package.sh\n",
            Workflow,
            StringComparison.Ordinal
        );
        Assert.Contains("- run: dotnet restore --locked-mode\n", Workflow, StringComparison.Ordinal);
        Assert.Contains(
            "- run: infra/scripts/package.sh\n      - run: eng/published-packages.sh\n",
            Workflow,
            StringComparison.Ordinal
        );
        Assert.Matches(new Regex(@"attest:\n(    .*\n)+?    needs: build\n"), Workflow);
        Assert.Matches(new Regex(@"deploy:\n(    .*\n)+?    needs: \[build, attest, plan\]\n"), Workflow);
        Assert.Contains("PACKAGE_SHA256: ${{ needs.build.outputs.digest }}", Workflow, StringComparison.Ordinal);
        Assert.True(
            Workflow.IndexOf("gh attestation verify", StringComparison.Ordinal) is var verified
                && verified > 0
                && verified < Workflow.IndexOf("infra/deploy.sh", StringComparison.Ordinal)
        );
        Assert.Contains("SECRETS: keep", Workflow, StringComparison.Ordinal);
    }

    /// <summary>A reviewer approves the deployment of the environment, so the changes are shown in a job before it.</summary>
    [Fact]
    public void Shows_the_changes_before_a_reviewer_approves_them()
    {
        string[] jobs = Regex.Split(Workflow, @"^  (?=\w+:\n)", RegexOptions.Multiline);
        string Job(string name) => jobs.Single(job => job.StartsWith($"{name}:", StringComparison.Ordinal));

        Assert.Contains("uses: ./.github/workflows/plan.yml\n", Job("plan"), StringComparison.Ordinal);
        Assert.Contains("environment: ${{ inputs.environment || 'prod' }}-plan\n", Plan, StringComparison.Ordinal);
        Assert.DoesNotContain("environment:", Job("plan").Replace("      environment:", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("deploy.sh", Plan, StringComparison.Ordinal);
    }

    /// <summary>
    /// Attestations of a private repository need Enterprise Cloud [docs.github.com, "Using artifact attestations"].
    /// </summary>
    [Fact]
    public void Deploys_by_digest_where_there_are_no_attestations()
    {
        Assert.Contains(
            "attests: ${{ !github.event.repository.private || vars.ATTESTATIONS == 'on' }}",
            Workflow,
            StringComparison.Ordinal
        );
        Assert.Contains("if: needs.build.outputs.attests == 'true'\n    runs-on", Workflow, StringComparison.Ordinal);
        Assert.Contains(
            "- if: needs.build.outputs.attests == 'true'\n        run: gh attestation verify",
            Workflow,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Pins_an_action_to_one_commit_everywhere() =>
        Assert.All(
            Regex
                .Matches(Workflow + Plan + Checks, @"uses: (?<name>[^@]+)@(?<commit>\w+)")
                .GroupBy(m => m.Groups["name"].Value, m => m.Groups["commit"].Value),
            action => Assert.Single(action.Distinct())
        );

    [Fact]
    public void Lets_a_change_that_is_only_proposed_read_and_nothing_else()
    {
        string ci = Repository.Read(".github/workflows/ci.yml");
        Assert.Equal("permissions:", Assert.Single(Regex.Matches(ci, "permissions:")).Value);
        Assert.Contains("\npermissions:\n  contents: read\n\n", ci, StringComparison.Ordinal);
        // Results of an analysis are events of their own kind.
        Assert.Equal(
            ["contents: read", "security-events: write"],
            Regex
                .Matches(Checks, @"^ +(?<right>[\w-]+: (read|write))$", RegexOptions.Multiline)
                .Select(m => m.Groups["right"].Value)
                .Distinct()
                .Order()
        );
    }

    [Fact]
    public void Carries_no_secret() =>
        Assert.DoesNotContain("secrets.", Workflow + Plan + Checks, StringComparison.Ordinal);

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
                .Where(static f => File.ReadAllText(f).StartsWith("using 'main.bicep'", StringComparison.Ordinal))
                .Select(f => Path.GetFileName(f).Split('.')[1]),
        ];

        Assert.Equal(described.Order(), offered.Order());
    }
}
