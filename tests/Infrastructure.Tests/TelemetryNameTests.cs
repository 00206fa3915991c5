using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>Alerts, the workbook and the document use only names of telemetry that the code exports.</summary>
public sealed partial class TelemetryNameTests(Compilation bicep)
{
    private static readonly string[] Tables =
    [
        "AppMetrics",
        "AppTraces",
        "AppExceptions",
        "AppRequests",
        "AzureDiagnostics",
        "_LogOperation",
    ];
    private static readonly string Document = Repository.Read("docs/telemetry.md");
    private static readonly string[] Operators = ["where", "extend", "summarize", "project", "order"];

    // Columns that the exporter adds, and values of log lines.
    private static readonly string[] OfExporter =
    [
        "OriginalFormat",
        .. CodeLogLines.All.SelectMany(line => Values().Matches(line.Template)).Select(m => m.Groups["name"].Value),
    ];

    public static TheoryData<string> Deployments => ["dev", "prod", "extremes"];

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Every_query_uses_tables_instruments_and_attributes_that_there_are(string deployment)
    {
        string[] queries = [.. Workbook(), .. Alerts(deployment)];
        Assert.True(queries.Length > 20, $"{queries.Length} queries are hardly all.");
        Assert.All(queries, AssertKnown);
    }

    [Fact]
    public void The_workbook_shows_every_instrument() =>
        Assert.Empty(
            ServiceInstrument
                .All.Select(static instrument => instrument.Name)
                .Except(Workbook().SelectMany(Instruments))
        );

    /// <summary>It queries the workspace of its own deployment, which is known only then.</summary>
    [Fact]
    public void The_workbook_is_deployed_and_asks_the_workspace()
    {
        string data = bicep["prod"].Only("Microsoft.Insights/workbooks").Text("properties", "serializedData");
        Assert.StartsWith("[replace(", data, StringComparison.Ordinal);
        Assert.Contains("'{workspaceId}'", data, StringComparison.Ordinal);
        Assert.Contains(ServiceInstrument.Outcomes.Name, data, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alert_on_a_metric_of_the_app_names_an_instrument()
    {
        string[] metrics =
        [
            .. bicep["prod"]
                .OfType("Microsoft.Insights/metricAlerts")
                .Where(IsOfApp)
                .Select(static alert => alert.At("properties", "criteria", "allOf")[0])
                .Select(static criterion => criterion.Text("metricName")),
        ];
        Assert.Equal(
            [
                ServiceInstrument.CircuitState.Name,
                ServiceInstrument.CredentialsAge.Name,
                ServiceInstrument.PublishFailures.Name,
            ],
            metrics.Order()
        );
    }

    /// <summary>Name, kind, unit and attributes of each instrument, in the order of the code.</summary>
    [Fact]
    public void The_document_has_every_instrument_as_the_code_has_it() =>
        Assert.Equal(
            ServiceInstrument.All.Select(static i =>
                $"{i.Name} {i.Kind.ToString().ToLowerInvariant()} {i.Unit} {string.Join(' ', i.Attributes)}".TrimEnd()
            ),
            InstrumentRows()
                .Matches(Document)
                .Select(static row =>
                    Marks()
                        .Replace(
                            $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value} {row.Groups["attributes"].Value}",
                            ""
                        )
                        .TrimEnd()
                )
        );

    [Fact]
    public void The_document_has_every_attribute_of_the_code_and_no_other()
    {
        string[] names =
        [
            .. typeof(TelemetryNames)
                .GetFields()
                .Select(static field => (string)field.GetRawConstantValue()!)
                .Where(static name => name != TelemetryNames.Source),
        ];
        Assert.All(names, static name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
        Assert.Empty(AttributeRows().Matches(Document).Select(static row => row.Groups["name"].Value).Except(names));
    }

    [Fact]
    public void The_document_has_every_alert_that_reads_telemetry_of_the_app() =>
        Assert.All(
            bicep["prod"]
                .OfType("Microsoft.Insights/metricAlerts")
                .Where(IsOfApp)
                .Concat(
                    bicep["prod"]
                        .OfType("Microsoft.Insights/scheduledQueryRules")
                        .Where(static alert =>
                            alert
                                .At("properties", "criteria", "allOf")[0]
                                .Text("query")
                                .Contains("AppMetrics", StringComparison.Ordinal)
                        )
                )
                .Select(static alert => alert.Text("name")),
            static name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal)
        );

    /// <summary>Proves that the rule can find a violation.</summary>
    [Theory]
    [InlineData("""AppMetrics | where Name == "onramp.cancel.outcome" | summarize Value = count()""")]
    [InlineData(
        """AppMetrics | where Name == "onramp.cancel.outcomes" | extend X = tostring(Properties.operation) | summarize Value = count()"""
    )]
    [InlineData(
        """AppMetrics | where Name == "onramp.cancel.attempts" | extend X = tostring(Properties["error.type"]) | summarize Value = count()"""
    )]
    [InlineData("""customMetrics | where Name == "onramp.cancel.outcomes" | summarize Value = count()""")]
    [InlineData("""AppTraces | where tostring(Properties.outcome) == "failed" | summarize Value = count()""")]
    [InlineData("""AppTraces | were Message has "x" | summarize Value = count()""")]
    [InlineData("""AppTraces | where (Message has "x" | summarize Value = count()""")]
    [InlineData("""AppTraces | where Message has "x | summarize Value = count()""")]
    public void Cannot_use_a_name_that_is_not_exported_or_an_invalid_query(string query) =>
        Assert.ThrowsAny<Exception>(() => AssertKnown(query));

    /// <summary>The alert of the availability test has no metric.</summary>
    private static bool IsOfApp(JsonElement alert) =>
        alert.At("properties", "criteria").TryGetProperty("allOf", out var criteria)
        && criteria[0].Text("metricNamespace") == "azure.applicationinsights";

    private static void AssertKnown(string query)
    {
        string bare = Quoted().Replace(query, "\"\"");
        Assert.DoesNotContain('"', bare.Replace("\"\"", "", StringComparison.Ordinal));
        Assert.Equal(bare.Count(static c => c == '('), bare.Count(static c => c == ')'));
        string[] steps = [.. bare.Split('|').Select(static step => step.Trim())];
        Assert.Empty(steps[0].Replace("union isfuzzy=true ", "", StringComparison.Ordinal).Split(", ").Except(Tables));
        Assert.Empty(steps[1..].Select(static step => step.Split(' ')[0]).Except(Operators));

        var instruments = Instruments(query)
            .Select(static name => Assert.Single(ServiceInstrument.All, instrument => instrument.Name == name))
            .ToList();
        Assert.Equal(query.StartsWith("AppMetrics", StringComparison.Ordinal), instruments.Count > 0);
        Assert.Empty(
            Properties()
                .Matches(query)
                .Select(static property => property.Groups["name"].Value)
                .Except(instruments.Count > 0 ? instruments.SelectMany(static i => i.Attributes) : OfExporter)
        );
    }

    private static IEnumerable<string> Instruments(string query) =>
        Names().Matches(query).Select(static name => name.Groups["name"].Value);

    private static IEnumerable<string> Workbook() =>
        from item in Repository.Json("infra/modules/workbook.json").GetProperty("items").EnumerateArray()
        where item.GetProperty("type").GetInt32() == 3
        select item.GetProperty("content").GetProperty("query").GetString()!;

    private IEnumerable<string> Alerts(string deployment) =>
        bicep[deployment]
            .OfType("Microsoft.Insights/scheduledQueryRules")
            .Select(static alert => alert.At("properties", "criteria", "allOf")[0].Text("query"))
            // The id of the app, which is known only after its creation, makes one of them an expression.
            .Select(static query => query.Replace("[format('", "").Split("', reference(")[0]);

    [GeneratedRegex(
        @"^\| `(?<name>onramp\.[a-z._]+)` \| (?<kind>\w+) \| (?<unit>`[^`]+`) \| (?<attributes>[^|]*) \|",
        RegexOptions.Multiline
    )]
    private static partial Regex InstrumentRows();

    [GeneratedRegex(@"^\| `(?<name>[a-z][a-z._]+)` \|(?! (?:counter|histogram|gauge) )", RegexOptions.Multiline)]
    private static partial Regex AttributeRows();

    [GeneratedRegex("[`,]")]
    private static partial Regex Marks();

    [GeneratedRegex("\"[^\"|]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{(?<name>\w+)")]
    private static partial Regex Values();

    [GeneratedRegex("\\bName == \"(?<name>[^\"]+)\"")]
    private static partial Regex Names();

    [GeneratedRegex("Properties(?:\\.(?<name>\\w+)|\\[\"(?<name>[^\"]+)\"\\])")]
    private static partial Regex Properties();
}
