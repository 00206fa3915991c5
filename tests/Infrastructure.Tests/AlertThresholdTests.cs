using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>The guide says when each alert fires, and the templates agree with it.</summary>
public sealed partial class AlertThresholdTests(Compilation bicep)
{
    [Fact]
    public void The_guide_has_the_severity_and_the_threshold_of_every_alert()
    {
        var documented = Row()
            .Matches(Repository.Read("infra/README.md"))
            .Select(static row => $"{row.Groups[1].Value}: {row.Groups[2].Value}, {row.Groups[3].Value}");

        // Some alerts exist only in one of the two.
        var deployed = bicep["prod"].Alerts.Concat(bicep["extremes"].Alerts).DistinctBy(NameOf).Select(Describe);

        Assert.Equal(deployed.Order(), documented.Order());
    }

    /// <summary>An alert that is evaluated less often than its window is long could miss what happened in between.</summary>
    [Fact]
    public void No_alert_is_evaluated_less_often_than_its_window() =>
        Assert.All(
            bicep["extremes"].Alerts.Where(static alert => alert.At("properties").TryGetProperty("windowSize", out _)),
            static alert =>
                Assert.InRange(
                    alert.Duration("properties", "evaluationFrequency"),
                    TimeSpan.FromMinutes(1),
                    alert.Duration("properties", "windowSize")
                )
        );

    [Fact]
    public void Every_alert_is_on_and_ends_with_its_cause()
    {
        foreach (var alert in bicep["extremes"].Alerts.Select(static alert => alert.At("properties")))
        {
            Assert.True(!alert.TryGetProperty("enabled", out var isEnabled) || isEnabled.GetBoolean());
            Assert.True(!alert.TryGetProperty("autoMitigate", out var mitigates) || mitigates.GetBoolean());
        }
    }

    private static string NameOf(JsonElement alert) => alert.Text("name").Split('/')[^1];

    private static string Describe(JsonElement alert)
    {
        var properties = alert.At("properties");
        var when = alert.Text("type") switch
        {
            "Microsoft.Insights/activityLogAlerts" => "-, each change",
            "Microsoft.EventGrid/systemTopics/eventSubscriptions" =>
                $"{properties.Text("destination", "properties", "severity")["Sev".Length..]}, each event",
            "Microsoft.Consumption/budgets" =>
                $"-, {Assert.Single(Notifications(properties).Distinct())} % of the budget",
            _ => $"{properties.GetProperty("severity")}, {Condition(properties)} in {Time(properties, "windowSize")}, "
                + $"asked every {Time(properties, "evaluationFrequency")}",
        };
        return $"{NameOf(alert)}: {when}";
    }

    private static string Condition(JsonElement properties)
    {
        var criteria = properties.At("criteria");
        if (criteria.TryGetProperty("failedLocationCount", out var places))
        {
            return $"{places} of 3 places";
        }

        var criterion = Assert.Single(criteria.At("allOf").EnumerateArray());
        var side = criterion.Text("operator") switch
        {
            "GreaterThan" => "above",
            "LessThan" => "below",
            var other => other,
        };
        return $"{criterion.Text("timeAggregation").ToLowerInvariant()} {side} {criterion.GetProperty("threshold")}";
    }

    private static string Time(JsonElement properties, string name) =>
        properties.Duration(name) is { TotalMinutes: < 60 } minutes
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes.TotalMinutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"{properties.Duration(name).TotalHours} h");

    private static IEnumerable<int> Notifications(JsonElement properties) =>
        properties
            .At("notifications")
            .EnumerateObject()
            .Select(static notification => notification.Value.GetProperty("threshold").GetInt32());

    [GeneratedRegex(@"^\| `(cancel-[a-z-]+)` \| ([0-4-]) \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
