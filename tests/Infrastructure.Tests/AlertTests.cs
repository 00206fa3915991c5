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
                "cancel-limit-not-shared",
                "cancel-locks-changed",
                "cancel-log-cap",
                "cancel-not-recorded",
                "cancel-old-credentials",
                "cancel-platform-errors",
                "cancel-provider-down",
                "cancel-queue-refused",
                "cancel-queue-waiting",
                "cancel-results-filling",
                "cancel-roles-changed",
                "cancel-scheduled-messages",
                "cancel-secret-expiry",
                "cancel-secrets-read",
                "cancel-server-errors",
                "cancel-service-bus-errors",
                "cancel-service-bus-throttled",
                "cancel-timed-out",
                "cancel-too-many-requests",
                "cancel-unpublished",
                "cancel-unreachable",
                "cancel-waiting-long",
                "cancel-worker-down",
            ],
            Names("prod")
        );

    [Fact]
    public void Alerts_on_silence_and_cost_only_when_configured() =>
        Assert.Equal(["cancel-budget", "cancel-no-traffic"], Names("extremes").Except(Names("prod")));

    /// <summary>A closed app cannot be reached from outside.</summary>
    [Theory]
    [InlineData("prod", true)]
    [InlineData("narrow", true)]
    [InlineData("dev", false)]
    [InlineData("extremes", false)]
    public void Asks_for_health_from_outside_where_it_can(string parameters, bool asks)
    {
        Assert.Equal(asks, Names(parameters).Contains("cancel-unreachable"));
        Assert.Equal(asks ? 1 : 0, bicep[parameters].OfType("Microsoft.Insights/webtests").Count());
    }

    [Theory]
    [InlineData("param alertEmail = 'none'\nparam monthlyBudget = 100\nparam budgetStart = '2027-01-01'")]
    [InlineData("param alertEmail = 'someone@example.com'\nparam monthlyBudget = 100")]
    public async Task Cannot_watch_the_cost_without_a_receiver_and_a_start(string parameters)
    {
        BicepResult result = await bicep.EvaluateParametersAsync(parameters);

        Assert.Null(result.Output);
        Assert.Contains("monthlyBudget needs", result.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_a_pager_without_an_email_address()
    {
        Assert.Empty(bicep["reader"].OfType("Microsoft.Insights/actionGroups"));
        Assert.All(
            bicep["reader"].Alerts,
            alert =>
                Assert.Contains(
                    "actionGroups/pager",
                    alert.GetProperty("properties").GetRawText(),
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void Sends_emails_if_there_is_an_address()
    {
        Assert.Empty(bicep["prod"].OfType("Microsoft.Insights/actionGroups"));
        var people = bicep["extremes"].Only("Microsoft.Insights/actionGroups").At("properties");
        Assert.Equal("someone@example.com", people.At("emailReceivers")[0].Text("emailAddress"));
        Assert.True(people.At("enabled").GetBoolean());
        Assert.All(
            bicep["extremes"].Alerts,
            alert =>
                Assert.Contains(
                    "actionGroups/onramp-cancellation",
                    alert.GetProperty("properties").GetRawText(),
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
                    && alert.Text("name") is not ("cancel-not-recorded" or "cancel-secrets-read")
                ),
            alert =>
                Assert.EndsWith(
                    "| summarize Value = sum(ItemCount)",
                    alert.At("properties", "criteria", "allOf")[0].Text("query"),
                    StringComparison.Ordinal
                )
        );

    private IEnumerable<string> Names(string parameters) =>
        bicep[parameters].Alerts.Select(a => a.Text("name").Split('/')[^1]).Order();
}
