using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>Checks the costs and scale in the guide against its prices and the deployed parameters.</summary>
public sealed class CostTests(Compilation bicep)
{
    private const double Hours = 730,
        Seconds = Hours * 3600,
        AnswerSeconds = 0.5,
        Gigabytes = 2,
        LogKilobytes = 8;
    private static readonly string Readme = Repository.Read("infra/README.md");
    private static readonly string Prose = Readme.ReplaceLineEndings(" ");

    [Fact]
    public void Adds_up_the_cost_it_says()
    {
        double[][] columns =
        [
            // A cancel and its recording, each billed as one second at least.
            [OnDemand(2 * Cancels(10), 2 * Cancels(10) * Gigabytes), 10, Logs("dev", 10), Records(10), Alerts("dev")],
            [
                Ready("prod") + Working(2 * Cancels(10)) + Executions(2 * Cancels(10)),
                10,
                Logs("prod", 10),
                Records(10),
                Alerts("prod"),
            ],
            // Both always-ready HTTP instances and one that records are busy all the time.
            [
                Ready("prod") + Working(3 * Seconds) + Executions(2 * Cancels(1000)),
                Standard(7 * Cancels(1000)),
                Logs("prod", 1000),
                Records(1000),
                Alerts("prod"),
            ],
            // 17 instances for HTTP and 3 that record.
            [
                Ready("prod") + (20 * Seconds * Gigabytes * 0.000026) + Executions(2 * Cancels(100_000)),
                4 * 677,
                Logs("prod", 100_000),
                Records(100_000),
                Alerts("prod"),
            ],
        ];
        double[][] said = [Row("functions"), Row("Service Bus"), Row("logs"), Row("records"), Row("alerts")];

        for (int column = 0; column < columns.Length; column++)
        {
            Assert.All(
                said,
                (row, index) =>
                    Assert.InRange(
                        row[column],
                        (columns[column][index] * 0.99) - 1,
                        (columns[column][index] * 1.01) + 1
                    )
            );
            Assert.InRange(
                Row("**about**")[column],
                said.Sum(row => row[column]) - 5,
                said.Sum(row => row[column]) + 5
            );
        }

        Assert.Contains(
            $"by queue Service Bus is {Standard(10 * Cancels(1000)):0} at",
            Prose,
            StringComparison.Ordinal
        );
        Assert.Contains($"{Ready("prod"):0} a month at 2 GB", Prose, StringComparison.Ordinal);
        Assert.Contains($"Idle dev costs {10 + Alerts("dev"):0}:", Prose, StringComparison.Ordinal);
        Assert.Contains($"The availability test is {Tests("prod"):0} of", Prose, StringComparison.Ordinal);
        Assert.Contains($"`sharedLimit` Balanced_B0 costs {Hours * 0.018:0},", Prose, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("1,000")]
    [InlineData("100,000")]
    public void Adds_up_the_scale_it_says(string perMinute)
    {
        double rate = double.Parse(perMinute, CultureInfo.InvariantCulture) / 60,
            places = rate * AnswerSeconds;
        double perHttp = bicep.Template.At("parameters", "httpConcurrencyPerInstance", "defaultValue").GetInt32();
        double perQueue = Repository.Json("host.json").At("extensions", "serviceBus", "maxConcurrentCalls").GetInt32();
        string[] said =
        [
            .. Regex
                .Match(Readme, $@"^\| {perMinute} \|(?<cells>.+)\|$", RegexOptions.Multiline)
                .Groups["cells"]
                .Value.Split('|', '/')
                .Select(cell => cell.Trim().Replace(",", "")),
        ];

        double[] expected =
        [
            rate,
            places,
            Math.Ceiling(places / perHttp),
            Math.Ceiling(places / perQueue),
            rate * 7,
            rate * 10,
        ];
        Assert.All(
            expected,
            (value, i) =>
                Assert.InRange(
                    double.Parse(said[i], CultureInfo.InvariantCulture),
                    (value * 0.95) - 0.5,
                    (value * 1.05) + 0.5
                )
        );
    }

    private static double Cancels(double perMinute) => perMinute * 60 * Hours;

    private static double Executions(double count) => count / 1e6 * 0.40;

    private static double Working(double instanceSeconds) => instanceSeconds * Gigabytes * 0.000016;

    private static double OnDemand(double count, double gigabyteSeconds) =>
        (gigabyteSeconds - 100_000) * 0.000026 + Executions(count);

    private static double Standard(double operations) =>
        10 + Math.Clamp(operations - 13e6, 0, 87e6) / 1e6 * 0.80 + Math.Max(operations - 100e6, 0) / 1e6 * 0.50;

    private static double Records(double perMinute) =>
        (4 * Cancels(perMinute) / 1e6 * 0.036) + (Cancels(perMinute) * 3 / 1e6 * 0.045);

    /// <summary>With zones, at least two in each group (HTTP, queue, recorder, timer).</summary>
    private double Ready(string parameters)
    {
        JsonElement scale = bicep[parameters]
            .Only("Microsoft.Web/sites")
            .At("properties", "functionAppConfig", "scaleAndConcurrency");
        bool zones = bicep[parameters].Only("Microsoft.Web/serverfarms").Flag("properties", "zoneRedundant");
        int Instances(string group) =>
            Math.Max(
                zones ? 2 : 0,
                scale
                    .GetProperty("alwaysReady")
                    .EnumerateArray()
                    .Where(r => r.Text("name") == group)
                    .Sum(r => r.GetProperty("instanceCount").GetInt32())
            );
        return (
                Instances("http")
                + Instances("function:CancelOrderFromQueue")
                + Instances("function:RecordOutcome")
                + Instances("the timer")
            )
            * Seconds
            * Gigabytes
            * 0.000004;
    }

    private double Logs(string parameters, double perMinute)
    {
        double daily = bicep[parameters]
            .Only("Microsoft.OperationalInsights/workspaces")
            .At("properties", "workspaceCapping", "dailyQuotaGb")
            .GetDouble();
        return Math.Min(Cancels(perMinute) * LogKilobytes / 1e6, daily * Hours / 24) * 2.30;
    }

    private double Alerts(string parameters) =>
        bicep[parameters]
            .OfType("Microsoft.Insights/scheduledQueryRules")
            .Sum(alert => alert.Text("properties", "evaluationFrequency") == "PT5M" ? 1.50 : 0.50) + Tests(parameters);

    private double Tests(string parameters) =>
        bicep[parameters]
            .OfType("Microsoft.Insights/webtests")
            .Sum(test =>
                test.At("properties", "Locations").GetArrayLength()
                * (Seconds / test.At("properties", "Frequency").GetInt32())
                * 0.0006
            );

    private static double[] Row(string name) =>
        [
            .. Regex
                .Match(Readme, $@"^\| {Regex.Escape(name)} \|(?<cells>.+)\|$", RegexOptions.Multiline)
                .Groups["cells"]
                .Value.Split('|')
                .Select(cell => double.Parse(cell.Trim(' ', '*'), CultureInfo.InvariantCulture)),
        ];
}
