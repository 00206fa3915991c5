using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Tests;

/// <summary>Runs the queries of the alerts over log lines of the code and the platform.</summary>
public sealed class AlertQueryTests(Compilation bicep)
{
    /// <summary>
    /// The alert that a row triggers, or none, then the table, the column, its value, and the source of the line.
    /// </summary>
    public static readonly TheoryData<string, string, string, string, string> Rows = new()
    {
        { "cancel-failed-outcomes", "AppTraces", "Message", Outcome(OutcomeKind.Unavailable), "OutcomeReporter, 301" },
        { "cancel-failed-outcomes", "AppTraces", "Message", Outcome(OutcomeKind.Credentials), "OutcomeReporter, 301" },
        { "", "AppTraces", "Message", Outcome(OutcomeKind.Cancelled), "OutcomeReporter, 301" },
        { "", "AppTraces", "Message", Outcome(OutcomeKind.NotCancellable), "OutcomeReporter, 301" },
        // Lines that the worker logs with an exception are only in AppExceptions, with their template.
        {
            "",
            "AppExceptions",
            "Properties.OriginalFormat",
            CodeLogLines.Template(302),
            "OutcomeReporter, 302: a metric tells"
        },
        {
            "",
            "AppTraces",
            "Message",
            CodeLogLines.Of(404, ("Reason", "not published or recorded")),
            "DeliveryCompletion, 404"
        },
        {
            "cancel-internal-errors",
            "AppExceptions",
            "Properties.OriginalFormat",
            CodeLogLines.Template(402),
            "CancelMessageHandler, 402"
        },
        {
            "cancel-internal-errors",
            "AppExceptions",
            "Properties.OriginalFormat",
            CodeLogLines.Template(601),
            "OrderApi, 601"
        },
        {
            "cancel-queue-refused",
            "AppExceptions",
            "Properties.OriginalFormat",
            CodeLogLines.Template(403),
            "DeliveryCompletion, 403"
        },
        {
            "cancel-queue-refused",
            "AppExceptions",
            "Properties.OriginalFormat",
            CodeLogLines.Template(405),
            "RequestQueue, 405"
        },
        // From the console, which prefixes level and category.
        {
            "cancel-old-credentials",
            "AppTraces",
            "Message",
            $"warn: Onramp.Cancellation.Signing.CredentialStore[103] {CodeLogLines.Of(103)}",
            "CredentialStore, 103"
        },
        {
            "cancel-old-credentials",
            "AppTraces",
            "Message",
            $"warn: Onramp.Cancellation.Signing.CredentialStore[104] {CodeLogLines.Of(104)}",
            "CredentialStore, 104"
        },
        {
            "cancel-old-credentials",
            "AppTraces",
            "Message",
            $"warn: Onramp.Cancellation.Signing.CredentialStore[105] {CodeLogLines.Of(105)}",
            "CredentialStore, 105"
        },
        {
            "",
            "AppTraces",
            "Message",
            $"info: Onramp.Cancellation.Signing.CredentialStore[101] {CodeLogLines.Of(101)}",
            "CredentialStore, 101"
        },
        { "", "AppTraces", "Message", CodeLogLines.Of(201), "ProviderPipeline, 201: a metric tells" },
        { "", "AppTraces", "Message", CodeLogLines.Of(202), "ProviderPipeline, 202" },
        { "cancel-limit-not-shared", "AppTraces", "Message", CodeLogLines.Of(221), "FleetLimiter, 221" },
        { "", "AppTraces", "Message", CodeLogLines.Of(222), "FleetLimiter, 222" },
        {
            "cancel-too-many-requests",
            "AppTraces",
            "Message",
            "Http request queue limit of 400 has been exceeded.",
            "Azure/azure-functions-host, HttpThrottleMiddleware.Invoke"
        },
        {
            "cancel-timed-out",
            "AppTraces",
            "Message",
            "Timeout value of 00:02:00 exceeded by function 'Functions.CancelOrder' (Id: '98d8ea26-9f19-420e-b1d0-3ef47760b640'). Initiating cancellation.",
            "Azure/azure-webjobs-sdk, FunctionExecutor"
        },
        {
            "cancel-timed-out",
            "AppTraces",
            "Message",
            "Timeout value of 00:02:00 was exceeded by function: Functions.CancelOrder",
            "Azure/azure-webjobs-sdk, FunctionExecutor.InvokeAsync"
        },
        // The lines above are of the category Function.<name>, which the host drops once the worker exports.
        {
            "cancel-timed-out",
            "AppTraces",
            "Message",
            "A function timeout has occurred. Restarting worker process executing invocationId '98d8ea26-9f19-420e-b1d0-3ef47760b640'.",
            "Azure/azure-functions-host, WebScriptHostExceptionHandler.OnTimeoutExceptionAsync"
        },
        {
            "cancel-timed-out",
            "AppExceptions",
            "Properties.OriginalFormat",
            "A function timeout has occurred. Host is shutting down.",
            "Azure/azure-functions-host, WebScriptHostExceptionHandler.OnTimeoutExceptionAsync"
        },
        {
            "cancel-timed-out",
            "AppExceptions",
            "ExceptionType",
            "Microsoft.Azure.WebJobs.Host.FunctionTimeoutException",
            "Azure/azure-webjobs-sdk, FunctionExecutor"
        },
        { "", "AppExceptions", "ExceptionType", "System.TimeoutException", "ours" },
        {
            "cancel-worker-down",
            "AppExceptions",
            "OuterMessage",
            "dotnet-isolated exited with code 139 (0x8B)",
            "Azure/azure-functions-dotnet-worker#3335"
        },
        {
            "cancel-worker-down",
            "AppExceptions",
            "OuterMessage",
            "dotnet-isolated exited with code 1 (0x1)",
            "HostRunner: a setting or the vault"
        },
        {
            "",
            "AppExceptions",
            "OuterMessage",
            "dotnet-isolated exited with code 143 (0x8F)\n Language Worker Process exited. Pid=64.",
            "Azure/azure-functions-host#11942, #12007: an instance that is not needed any more"
        },
        {
            "cancel-worker-down",
            "AppTraces",
            "Message",
            "Failed to start language worker process for runtime: dotnet-isolated. workerId:x",
            "Azure/azure-functions-host, RpcFunctionInvocationDispatcher"
        },
        {
            "cancel-worker-down",
            "AppTraces",
            "Message",
            "Exceeded language worker restart retry count for runtime:dotnet-isolated. Shutting down and proactively recycling the Functions Host to recover",
            "Azure/azure-functions-host, RpcFunctionInvocationDispatcher"
        },
        {
            "cancel-server-errors",
            "AppRequests",
            "ResultCode",
            "500",
            "the platform's bare answer for a worker that died"
        },
        { "cancel-server-errors", "AppRequests", "ResultCode", "503", "Problems" },
        {
            "cancel-log-cap",
            "_LogOperation",
            "Detail",
            "Data collection stopped due to daily limit of free data reached. Ingestion status = OverQuota",
            "Azure Monitor, daily cap"
        },
        { "", "AppRequests", "ResultCode", "409", "Problems" },
        { "", "AppRequests", "ResultCode", "0", "a message: no HTTP status" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Fires_for_what_is_its_own_and_for_nothing_else(
        string alert,
        string table,
        string column,
        string text,
        string source
    )
    {
        Assert.NotEqual("", source);
        Assert.Equal(alert.Length == 0 ? [] : [alert], Firing(table, column, text));
    }

    /// <summary>The alerts that compare several rows have their own tests.</summary>
    [Fact]
    public void Shows_a_row_for_every_alert_on_logs() =>
        Assert.Equal(
            Queries()
                .Select(q => q.Name)
                .Where(name => !name.StartsWith("cancel-burning", StringComparison.Ordinal))
                .Except(["cancel-not-recorded", "cancel-secrets-read", "cancel-waiting-long"])
                .Order(),
            Rows.Select(row => row.Data.Item1).Where(name => name.Length > 0).Distinct().Order()
        );

    /// <summary>
    /// An error line without an alert is a failure that only its victims notice. Two error lines have a metric alert
    /// instead.
    /// </summary>
    [Fact]
    public void Cannot_add_an_error_line_without_an_alert() =>
        Assert.All(
            CodeLogLines.All.Where(line => line.Level >= LogLevel.Error),
            line =>
                Assert.True(
                    ByMetric.Contains(line.Id) || Told(line.Id, line.HasException) == 1,
                    $"{line.Id}: {line.Template}"
                )
        );

    // Event not published; circuit opened.
    private static readonly int[] ByMetric = [302, 201];

    private int Told(int id, bool hasException) =>
        (
            hasException
                ? Firing("AppExceptions", "Properties.OriginalFormat", CodeLogLines.Template(id))
                : Firing("AppTraces", "Message", CodeLogLines.Of(id))
        ).Length;

    /// <summary>
    /// Failed and other requests in the last minutes and before, and whether each alert fires. The error budget is 5 of
    /// 1000.
    /// </summary>
    [Theory]
    [InlineData("no traffic", 0, 0, 0, 0, false, false)]
    [InlineData("all is well", 0, 100, 0, 5000, false, false)]
    [InlineData("as much as the objective leaves", 1, 199, 5, 995, false, false)]
    [InlineData("one of a few fails", 1, 5, 2, 60, false, false)]
    [InlineData("every one of a few fails", 9, 0, 50, 0, false, false)]
    [InlineData("an outage begins", 50, 50, 0, 3000, false, false)] // The long windows have 1.6 %; it takes 7.2 and 3.
    [InlineData("an outage lasts", 50, 50, 200, 1000, true, true)]
    [InlineData("an outage is over", 0, 100, 400, 600, false, false)]
    [InlineData("one in twenty fails for long", 5, 95, 50, 950, false, true)]
    public void Fires_only_while_failures_spend_the_error_budget_too_fast(
        string what,
        int failedNow,
        int othersNow,
        int failedBefore,
        int othersBefore,
        bool fast,
        bool slow
    )
    {
        Assert.NotEmpty(what);
        Dictionary<string, string>[] rows =
        [
            Counted("failed", failedNow, 1),
            Counted("cancelled", othersNow, 2),
            Counted("failed", failedBefore, 45),
            Counted("not_found", othersBefore, 50),
            Counted("failed", 10_000, 1, "onramp.cancel.attempts"),
        ];
        Assert.Equal(
            (fast, slow),
            (
                KqlQuery.Run(Alert("prod", "cancel-burning-fast"), rows) > 0,
                KqlQuery.Run(Alert("prod", "cancel-burning-slowly"), rows) > 0
            )
        );
    }

    private static Dictionary<string, string> Counted(
        string outcome,
        int requests,
        int ageInMinutes,
        string name = "onramp.cancel.outcomes"
    ) =>
        new()
        {
            ["Table"] = "AppMetrics",
            ["Name"] = name,
            ["Properties.outcome"] = outcome,
            ["Sum"] = $"{requests}",
            ["ItemCount"] = "1",
            ["AgeInMinutes"] = $"{ageInMinutes}",
        };

    /// <summary>
    /// Outcomes before the last quarter of an hour and within it, recordings that succeeded and that failed, and whether
    /// the alert fires.
    /// </summary>
    [Theory]
    [InlineData("no traffic", 0, 0, 0, 0, false)]
    [InlineData("all is well", 100, 10, 110, 0, false)]
    [InlineData("a new outcome is not recorded yet", 0, 5, 0, 0, false)]
    [InlineData("some fail", 100, 10, 1, 109, false)]
    [InlineData("old ones are recorded late", 0, 0, 50, 0, false)]
    [InlineData("the recorder is not started", 1, 0, 0, 0, true)]
    [InlineData("the tables do not answer", 100, 10, 0, 110, true)]
    public void Fires_only_while_nothing_is_recorded(
        string what,
        int before,
        int now,
        int recorded,
        int failed,
        bool fires
    )
    {
        Assert.NotEmpty(what);
        string function = bicep.Template.Text("parameters", "recordsFunctionName", "defaultValue");
        Dictionary<string, string>[] rows =
        [
            Aged(Row("AppTraces", "Message", Outcome(OutcomeKind.Cancelled), before), 20),
            Aged(Row("AppTraces", "Message", Outcome(OutcomeKind.Cancelled), now), 5),
            Aged(Row("AppTraces", "OperationName", function, 100), 20),
            Aged(Row("AppRequests", "OperationName", "CancelOrderFromQueue", 100), 20, success: true),
            Aged(Row("AppRequests", "OperationName", function, recorded), 20, success: true),
            Aged(Row("AppRequests", "OperationName", function, failed), 20, success: false),
        ];
        Assert.Equal(fires, KqlQuery.Run(Alert("prod", "cancel-not-recorded"), rows) > 0);
    }

    private static Dictionary<string, string> Aged(
        Dictionary<string, string> row,
        int ageInMinutes,
        bool success = false
    ) => new(row) { ["AgeInMinutes"] = $"{ageInMinutes}", ["Success"] = success ? "true" : "false" };

    /// <summary>
    /// The columns of the vault's audit log [learn.microsoft.com/azure/key-vault/general/logging]: who did what.
    /// </summary>
    [Theory]
    [InlineData("SecretGet", "the-app", false)]
    [InlineData("SecretGet", "the portal", true)]
    [InlineData("SecretGet", "", true)]
    [InlineData("SecretSet", "the portal", false)]
    [InlineData("SecretList", "the portal", false)]
    public void Fires_when_somebody_else_reads_a_secret(string operation, string reader, bool fires) =>
        Assert.Equal(
            fires,
            KqlQuery.Run(
                Alert("prod", "cancel-secrets-read"),
                [
                    new Dictionary<string, string>
                    {
                        ["Table"] = "AzureDiagnostics",
                        ["ResourceProvider"] = "MICROSOFT.KEYVAULT",
                        ["OperationName"] = operation,
                        ["identity_claim_appid_g"] = reader,
                    },
                ]
            ) > 0
        );

    /// <summary>The last delay of the schedule, as short as jitter makes it, and the one before, as long.</summary>
    [Theory]
    [InlineData(1440, true)]
    [InlineData(720, false)]
    public void Fires_when_a_request_waits_for_the_last_delay(int seconds, bool fires)
    {
        var retry = Row("AppTraces", "Message", CodeLogLines.Of(404));
        retry["Properties.Seconds"] = $"{seconds}";

        Assert.Equal(fires, KqlQuery.Run(Alert("prod", "cancel-waiting-long"), [retry]) > 0);
    }

    [Fact]
    public void Counts_rows_that_were_sampled_away() =>
        Assert.Equal(
            7,
            KqlQuery.Run(
                Queries().First(q => q.Name == "cancel-failed-outcomes").Query,
                [
                    Row("AppTraces", "Message", Outcome(OutcomeKind.Unavailable), 4),
                    Row("AppTraces", "Message", Outcome(OutcomeKind.Credentials), 3),
                ]
            )
        );

    [Fact]
    public void Distinguishes_silence_from_health_requests_of_the_platform()
    {
        string query = Alert("extremes", "cancel-no-traffic");

        Assert.Equal(0, KqlQuery.Run(query, [Row("AppRequests", "OperationName", "Health")]));
        Assert.Equal(1, KqlQuery.Run(query, [Row("AppRequests", "OperationName", "CancelOrder")]));
    }

    /// <summary>
    /// The line is of level information [Azure/azure-functions-host, HttpThrottleMiddleware.Invoke], its category
    /// Host.HttpThrottleMiddleware [ScriptConstants].
    /// </summary>
    [Fact]
    public void Lets_the_platforms_own_429_into_the_log() =>
        Assert.Equal(
            "Information",
            Repository.Json("host.json").Text("logging", "logLevel", "Host.HttpThrottleMiddleware")
        );

    private string[] Firing(string table, string column, string text) =>
        [.. from q in Queries() where KqlQuery.Run(q.Query, [Row(table, column, text)]) > 0 select q.Name];

    private IEnumerable<(string Name, string Query)> Queries() =>
        bicep["prod"]
            .OfType("Microsoft.Insights/scheduledQueryRules")
            .Select(alert => (alert.Text("name"), Alert("prod", alert.Text("name"))));

    /// <summary>The query of an alert. The id of the app is known only after its creation.</summary>
    private string Alert(string parameters, string name)
    {
        string query = bicep[parameters]
            .Named("Microsoft.Insights/scheduledQueryRules", name)
            .At("properties", "criteria", "allOf")[0]
            .Text("query");
        return Regex.Match(query, @"^\[format\('(?<query>.*?)', .*\)\]$") is { Success: true } match
            ? match.Groups["query"].Value.Replace("''", "'").Replace("{0}", "the-app")
            : query;
    }

    private static Dictionary<string, string> Row(string table, string column, string text, int items = 1) =>
        new()
        {
            ["Table"] = table,
            [column] = text,
            ["ItemCount"] = $"{items}",
        };

    private static string Outcome(OutcomeKind kind) => CodeLogLines.Of(301, ("Outcome", kind.Row().FullName));
}
