using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>The document for callers matches the code. Its sections are the targets of problem types.</summary>
public sealed partial class HttpDocumentTests
{
    private static readonly string Document = Repository.Read("docs/http.md");
    private static readonly JsonNode OpenApi = JsonNode.Parse(
        Repository.Read("src/Onramp.Cancellation.Http/Contracts/openapi.json")
    )!;

    [Fact]
    public void Has_a_section_for_every_problem_type_and_for_no_other() =>
        Assert.Equal(Problems.Select(static problem => problem.Key), Sections.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Says_with_which_status_a_problem_comes() =>
        Assert.All(
            Problems,
            problem =>
                Assert.Equal(
                    problem.Order(),
                    Statuses()
                        .Matches(Sections[problem.Key].Split(". ")[0])
                        .Select(static match => int.Parse(match.Value))
                )
        );

    [Fact]
    public void Lists_every_address_and_no_other()
    {
        var listed = Addresses().Matches(Section("## Endpoints")).Select(static match => match.Groups["address"].Value);

        Assert.Equal(
            (
                from route in ApiRoute.All
                from method in route.Methods
                where method != "HEAD"
                select $"{method} /{ApiRoute.Prefix}/{route.Path}"
            ).Order(),
            listed.Order()
        );
    }

    [Fact]
    public void Names_every_header_and_media_type_that_means_something() =>
        Assert.All(
            Operations
                .SelectMany(static operation => operation["parameters"]?.AsArray() ?? [])
                .Where(static parameter => (string?)parameter!["in"] == "header")
                .Select(static parameter => (string?)parameter!["name"])
                .Concat(ApiRoute.All.SelectMany(static route => route.MediaTypes)),
            name => Assert.Contains($"`{name}", Document, StringComparison.Ordinal)
        );

    [Fact]
    public void Names_every_field_of_a_request()
    {
        var fields =
            (IEnumerable<object>)
                typeof(CancelRequest)
                    .Assembly.GetType("Onramp.Cancellation.Requests.RequestField", throwOnError: true)!
                    .GetProperty("All")!
                    .GetValue(null)!;
        Assert.All(
            fields.Select(static field => (string)field.GetType().GetProperty("Name")!.GetValue(field)!),
            name => Assert.Contains($"`{name}`", Section("### The body"), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Says_how_every_outcome_is_answered()
    {
        var answers = OutcomeTable.Rows.Select(static row =>
            (Cell: row.ReasonCode ?? row.Name, row.HttpStatus, row.WebhookStatus)
        );
        var rows = Section("### Events")
            .Split('\n')
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .ToList();

        Assert.All(
            answers,
            answer =>
                Assert.Single(
                    rows,
                    row =>
                        row.Contains($"`{answer.Cell}`", StringComparison.Ordinal)
                        && row.EndsWith($"| {answer.HttpStatus} | {answer.WebhookStatus} |", StringComparison.Ordinal)
                )
        );
    }

    private static IEnumerable<JsonNode> Operations =>
        from path in OpenApi["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select operation.Value;

    /// <summary>The statuses of each problem, by its code.</summary>
    private static ILookup<string, int> Problems =>
        (
            from operation in Operations
            from response in operation["responses"]!.AsObject()
            from match in ProblemCodes().Matches((string)response.Value!["description"]!)
            select (Code: match.Groups["code"].Value, Status: int.Parse(response.Key))
        )
            .Concat(ProblemType.All.Select(static type => (type.Code, type.Status)))
            .Distinct()
            .OrderBy(static type => type.Code, StringComparer.Ordinal)
            .ToLookup(static type => type.Code, static type => type.Status);

    /// <summary>The sections of the problems by heading.</summary>
    private static Dictionary<string, string> Sections =>
        Document[Document.IndexOf("\n## Problems", StringComparison.Ordinal)..]
            .Split("\n### ")[1..]
            .Select(static section => section.Split('\n', 2))
            .ToDictionary(static section => section[0], static section => section[1].Trim());

    /// <summary>The text below a heading, up to the next heading.</summary>
    private static string Section(string heading)
    {
        var start = Document.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no {heading}.");
        return Document[(start + heading.Length + 2)..].Split("\n#")[0];
    }

    [GeneratedRegex(@"urn:onramp-cancel:problem:(?<code>[a-z-]+):")]
    private static partial Regex ProblemCodes();

    [GeneratedRegex(@"\b[45]\d\d\b")]
    private static partial Regex Statuses();

    [GeneratedRegex(@"^\| `(?<address>[A-Z]+ /\S+)`", RegexOptions.Multiline)]
    private static partial Regex Addresses();
}
