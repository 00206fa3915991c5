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
    public void No_alert_on_logs_waits_for_a_second_evaluation() =>
        Assert.All(
            bicep["extremes"].OfType("Microsoft.Insights/scheduledQueryRules"),
            static alert =>
            {
                var periods = alert.At("properties", "criteria", "allOf")[0].At("failingPeriods");
                Assert.Equal(
                    (1, 1),
                    (
                        periods.GetProperty("numberOfEvaluationPeriods").GetInt32(),
                        periods.GetProperty("minFailingPeriodsToAlert").GetInt32()
                    )
                );
            }
        );

    /// <summary>
    /// The names of metrics: learn.microsoft.com/azure/azure-monitor/reference/metrics-index and docs/telemetry.md.
    /// </summary>
    [Fact]
    public void Every_alert_on_a_metric_watches_its_own()
    {
        var (queue, topic) = (new string('q', 260), new string('t', 260));
        Assert.Equal(
            [
                "cancel-credentials-age: onramp.credentials.age",
                $"cancel-dead-letters: DeadletteredMessages of {queue} {topic}",
                "cancel-platform-errors: Http5xx",
                "cancel-provider-down: onramp.circuit.state",
                $"cancel-queue-waiting: ActiveMessages of {queue}",
                $"cancel-results-filling: Size of {topic}",
                $"cancel-scheduled-messages: ScheduledMessages of {queue}",
                $"cancel-service-bus-errors: ServerErrors of {queue} {topic}",
                $"cancel-service-bus-throttled: ThrottledRequests of {queue} {topic}",
                "cancel-unpublished: onramp.outcome.publish.failures",
            ],
            bicep["extremes"]
                .OfType("Microsoft.Insights/metricAlerts")
                .Where(static alert => alert.At("properties", "criteria").TryGetProperty("allOf", out _))
                .Select(static alert =>
                    $"{NameOf(alert)}: {Metric(alert.At("properties", "criteria", "allOf").EnumerateArray().Single())}"
                )
                .Order(StringComparer.Ordinal)
        );

        static string Metric(JsonElement criterion)
        {
            var metric = criterion.Text("metricName");
            if (!criterion.TryGetProperty("dimensions", out var dimensions))
            {
                return metric;
            }

            var dimension = Assert.Single(dimensions.EnumerateArray());
            Assert.Equal(("EntityName", "Include"), (dimension.Text("name"), dimension.Text("operator")));
            return $"{metric} of {string.Join(' ', Texts(dimension.At("values")))}";
        }
    }

    /// <summary>A full topic stops all cancels.</summary>
    [Theory]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Warns_before_the_topic_is_full(string parameters)
    {
        var megabytes = bicep[parameters]
            .Only("Microsoft.ServiceBus/namespaces/topics")
            .At("properties", "maxSizeInMegabytes")
            .GetInt64();
        var threshold = bicep[parameters]
            .Named("Microsoft.Insights/metricAlerts", "cancel-results-filling")
            .At("properties", "criteria", "allOf")[0]
            .GetProperty("threshold")
            .GetInt64();

        Assert.InRange(threshold / (megabytes * 1024.0 * 1024.0), 0.5, 0.9);
    }

    [Fact]
    public void Asks_for_the_health_and_accepts_only_success()
    {
        var test = bicep["prod"].Only("Microsoft.Insights/webtests").At("properties");

        Assert.Equal((true, true, "GET"), (test.Flag("Enabled"), test.Flag("RetryEnabled"), Verb(test)));
        Assert.Equal(
            (200, true, 7),
            (
                test.At("ValidationRules", "ExpectedHttpStatusCode").GetInt32(),
                test.Flag("ValidationRules", "SSLCheck"),
                test.At("ValidationRules", "SSLCertRemainingLifetimeCheck").GetInt32()
            )
        );

        static string Verb(JsonElement test) => test.Text("Request", "HttpVerb");
    }

    [Fact]
    public void Warns_of_the_cost_of_a_month_once_it_is_forecast_and_once_it_is_spent()
    {
        var budget = bicep["extremes"].Only("Microsoft.Consumption/budgets").At("properties");

        Assert.Equal(
            (500, "Monthly", "Cost", "2027-01-01"),
            (
                budget.At("amount").GetInt32(),
                budget.Text("timeGrain"),
                budget.Text("category"),
                budget.Text("timePeriod", "startDate")
            )
        );
        Assert.Equal(
            [("Actual", "GreaterThan", true), ("Forecasted", "GreaterThan", true)],
            budget
                .At("notifications")
                .EnumerateObject()
                .Select(static one =>
                    (one.Value.Text("thresholdType"), one.Value.Text("operator"), one.Value.Flag("enabled"))
                )
                .Order()
        );
    }

    /// <summary>The events of the vault, and the operations of the activity log, that cause an alert.</summary>
    [Fact]
    public void Warns_of_secrets_that_expire_and_of_rights_and_locks_that_change()
    {
        Assert.Equal(
            ["Microsoft.KeyVault.SecretNearExpiry", "Microsoft.KeyVault.SecretExpired"],
            Texts(
                bicep["prod"]
                    .Only("Microsoft.EventGrid/systemTopics/eventSubscriptions")
                    .At("properties", "filter", "includedEventTypes")
            )
        );
        foreach (var what in (string[])["role", "lock"])
        {
            var conditions = bicep["prod"]
                .Named("Microsoft.Insights/activityLogAlerts", $"cancel-{what}s-changed")
                .At("properties", "condition", "allOf");
            var type = $"Microsoft.Authorization/{(what == "role" ? "roleAssignments" : "locks")}";
            Assert.Equal(
                ["category=Administrative", "status=Succeeded"],
                conditions
                    .EnumerateArray()
                    .SkipLast(1)
                    .Select(static one => $"{one.Text("field")}={one.Text("equals")}")
            );
            Assert.Equal(
                [$"operationName={type}/write", $"operationName={type}/delete"],
                conditions
                    .EnumerateArray()
                    .Last()
                    .At("anyOf")
                    .EnumerateArray()
                    .Select(static one => $"{one.Text("field")}={one.Text("equals")}")
            );
        }
    }

    [Fact]
    public void Every_alert_is_on_and_ends_with_its_cause()
    {
        foreach (var alert in bicep["extremes"].Alerts.Select(static alert => alert.At("properties")))
        {
            Assert.True(!alert.TryGetProperty("enabled", out var isEnabled) || isEnabled.GetBoolean());
            Assert.True(!alert.TryGetProperty("autoMitigate", out var mitigates) || mitigates.GetBoolean());
        }
    }

    private static IEnumerable<string?> Texts(JsonElement array) =>
        array.EnumerateArray().Select(static text => text.GetString());

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
