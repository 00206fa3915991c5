using System.Text.Json;

namespace Infrastructure.Tests;

public sealed class AlertTests(Compilation bicep)
{
    [Fact]
    public void Reports_each_failure() =>
        Assert.Equal(
            [
                "cancel-burning-fast",
                "cancel-burning-slowly",
                "cancel-credentials-age",
                "cancel-dead-letters",
                "cancel-failed-outcomes",
                "cancel-internal-errors",
                "cancel-log-cap",
                "cancel-not-recorded",
                "cancel-old-credentials",
                "cancel-provider-down",
                "cancel-queue-refused",
                "cancel-queue-waiting",
                "cancel-results-filling",
                "cancel-scheduled-messages",
                "cancel-server-errors",
                "cancel-service-bus-errors",
                "cancel-service-bus-throttled",
                "cancel-timed-out",
                "cancel-too-many-requests",
                "cancel-unpublished",
                "cancel-worker-down",
            ],
            Names("prod")
        );

    [Fact]
    public void Alerts_on_silence_only_when_configured() =>
        Assert.Equal(["cancel-no-traffic"], Names("extremes").Except(Names("prod")));

    [Fact]
    public void Sends_emails_if_there_is_an_address()
    {
        Assert.Empty(bicep["prod"].OfType("Microsoft.Insights/actionGroups"));
        Assert.Equal(
            "someone@example.com",
            bicep["extremes"]
                .Only("Microsoft.Insights/actionGroups")
                .At("properties", "emailReceivers")[0]
                .Text("emailAddress")
        );
        Assert.All(
            Alerts("extremes"),
            alert =>
                Assert.Contains(
                    "actionGroups/onramp-cancellation",
                    alert.At("properties", "actions").GetRawText(),
                    StringComparison.Ordinal
                )
        );
    }

    [Theory]
    [InlineData("", "too short")]
    [InlineData("somebody", "alertEmail must be an email address or none")]
    public async Task Cannot_leave_everybody_out_by_an_oversight(string address, string sentence)
    {
        BicepResult result = await bicep.EvaluateParametersAsync($"param alertEmail = '{address}'");

        Assert.Null(result.Output);
        Assert.Contains(sentence, result.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_rows_that_were_sampled_away() =>
        Assert.All(
            bicep["extremes"]
                .OfType("Microsoft.Insights/scheduledQueryRules")
                .Where(static alert =>
                    alert
                        .At("properties", "criteria", "allOf")[0]
                        .Text("query")
                        .Contains("App", StringComparison.Ordinal)
                    && !alert
                        .At("properties", "criteria", "allOf")[0]
                        .Text("query")
                        .Contains("AppMetrics", StringComparison.Ordinal)
                    && alert.Text("name") != "cancel-not-recorded"
                ),
            alert =>
                Assert.EndsWith(
                    "| summarize Value = sum(ItemCount)",
                    alert.At("properties", "criteria", "allOf")[0].Text("query"),
                    StringComparison.Ordinal
                )
        );

    private IEnumerable<JsonElement> Alerts(string parameters) =>
        bicep[parameters]
            .OfType("Microsoft.Insights/metricAlerts")
            .Concat(bicep[parameters].OfType("Microsoft.Insights/scheduledQueryRules"));

    private IEnumerable<string> Names(string parameters) => Alerts(parameters).Select(a => a.Text("name")).Order();
}
