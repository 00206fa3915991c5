using Microsoft.Extensions.Logging;

namespace Infrastructure.Tests;

/// <summary>The queries of the alerts, run over lines as the code and the platform write them.</summary>
public sealed class AlertQueryTests(Compilation bicep)
{
    /// <summary>The alert that a row makes fire, or none; the table it is in, the column and what that says, and who says it so.</summary>
    public static readonly TheoryData<string, string, string, string, string> Rows = new()
    {
        { "cancel-failed-outcomes", "AppTraces", "Message", Outcome(OutcomeKind.Unavailable), "OutcomeReporter, 301" },
        { "cancel-failed-outcomes", "AppTraces", "Message", Outcome(OutcomeKind.Credentials), "OutcomeReporter, 301" },
        { "", "AppTraces", "Message", Outcome(OutcomeKind.Cancelled), "OutcomeReporter, 301" },
        { "", "AppTraces", "Message", Outcome(OutcomeKind.NotCancellable), "OutcomeReporter, 301" },
        { "cancel-unpublished", "AppTraces", "Message", CodeLogLines.Of(302), "OutcomeReporter, 302" },
        { "", "AppTraces", "Message", CodeLogLines.Of(404, ("Reason", "its outcome could not be published")), "MessageEnds, 404" },
        { "cancel-internal-errors", "AppTraces", "Message", CodeLogLines.Of(402), "CancelMessageHandler, 402" },
        { "cancel-internal-errors", "AppTraces", "Message", CodeLogLines.Of(601), "OrderApi, 601" },
        { "cancel-queue-refused", "AppTraces", "Message", CodeLogLines.Of(403), "MessageEnds, 403" },
        { "cancel-queue-refused", "AppTraces", "Message", CodeLogLines.Of(405), "RequestQueue, 405" },
        // By way of the console, which puts level and category before it.
        { "cancel-old-credentials", "AppTraces", "Message", $"warn: Onramp.Cancellation.Signing.CredentialStore[103] {CodeLogLines.Of(103)}", "CredentialStore, 103" },
        { "cancel-old-credentials", "AppTraces", "Message", $"warn: Onramp.Cancellation.Signing.CredentialStore[104] {CodeLogLines.Of(104)}", "CredentialStore, 104" },
        { "cancel-old-credentials", "AppTraces", "Message", $"warn: Onramp.Cancellation.Signing.CredentialStore[105] {CodeLogLines.Of(105)}", "CredentialStore, 105" },
        { "", "AppTraces", "Message", $"info: Onramp.Cancellation.Signing.CredentialStore[101] {CodeLogLines.Of(101)}", "CredentialStore, 101" },
        { "cancel-provider-down", "AppTraces", "Message", CodeLogLines.Of(201), "ProviderPipeline, 201" },
        { "", "AppTraces", "Message", CodeLogLines.Of(202), "ProviderPipeline, 202" },
        { "cancel-too-many-requests", "AppTraces", "Message", "Http request queue limit of 400 has been exceeded.", "Azure/azure-functions-host, HttpThrottleMiddleware.Invoke" },
        { "cancel-timed-out", "AppTraces", "Message", "Timeout value of 00:02:00 exceeded by function 'Functions.CancelOrder' (Id: '98d8ea26-9f19-420e-b1d0-3ef47760b640'). Initiating cancellation.", "Azure/azure-webjobs-sdk, FunctionExecutor" },
        { "cancel-timed-out", "AppTraces", "Message", "Timeout value of 00:02:00 was exceeded by function: Functions.CancelOrder", "Azure/azure-webjobs-sdk, FunctionExecutor.InvokeAsync" },
        { "cancel-worker-down", "AppExceptions", "OuterMessage", "dotnet-isolated exited with code 139 (0x8B)", "Azure/azure-functions-dotnet-worker#3335" },
        { "cancel-worker-down", "AppExceptions", "OuterMessage", "dotnet-isolated exited with code 1 (0x1)", "HostRunner: a setting or the vault" },
        { "", "AppExceptions", "OuterMessage", "dotnet-isolated exited with code 143 (0x8F)\n Language Worker Process exited. Pid=64.", "Azure/azure-functions-host#11942, #12007: an instance that is not needed any more" },
        { "cancel-worker-down", "AppTraces", "Message", "Failed to start language worker process for runtime: dotnet-isolated. workerId:x", "Azure/azure-functions-host, RpcFunctionInvocationDispatcher" },
        { "cancel-worker-down", "AppTraces", "Message", "Exceeded language worker restart retry count for runtime:dotnet-isolated. Shutting down and proactively recycling the Functions Host to recover", "Azure/azure-functions-host, RpcFunctionInvocationDispatcher" },
        { "cancel-server-errors", "AppRequests", "ResultCode", "500", "the platform's bare answer for a worker that died" },
        { "cancel-server-errors", "AppRequests", "ResultCode", "503", "Problems" },
        { "", "AppRequests", "ResultCode", "409", "Problems" },
        { "", "AppRequests", "ResultCode", "0", "a message: no HTTP status" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Fires_for_what_is_its_own_and_for_nothing_else(string alert, string table, string column, string text, string source)
    {
        Assert.NotEqual("", source);
        Assert.Equal(alert.Length == 0 ? [] : [alert], Firing(table, column, text));
    }

    [Fact]
    public void Shows_a_row_for_every_alert_on_logs()
        => Assert.Equal(Queries().Select(q => q.Name).Order(), Rows.Select(row => row.Data.Item1).Where(name => name.Length > 0).Distinct().Order());

    /// <summary>A line of level error that tells nobody is a failure that is found by its victims.</summary>
    [Fact]
    public void Cannot_add_an_error_to_the_code_that_wakes_nobody()
        => Assert.All(
            CodeLogLines.All.Where(line => line.Level >= LogLevel.Error),
            line => Assert.True(Firing("AppTraces", "Message", CodeLogLines.Of(line.Id)).Length == 1, $"{line.Id}: {line.Template}"));

    [Fact]
    public void Counts_rows_that_were_sampled_away()
        => Assert.Equal(7, KqlQuery.Run(Queries().First(q => q.Name == "cancel-provider-down").Query, [Row("AppTraces", "Message", CodeLogLines.Of(201), 4), Row("AppTraces", "Message", CodeLogLines.Of(201), 3)]));

    [Fact]
    public void Tells_silence_from_the_platform_asking_for_health()
    {
        string query = Alert("extremes", "cancel-no-traffic");

        Assert.Equal(0, KqlQuery.Run(query, [Row("AppRequests", "OperationName", "Health")]));
        Assert.Equal(1, KqlQuery.Run(query, [Row("AppRequests", "OperationName", "CancelOrder")]));
    }

    /// <summary>The line is of level information [Azure/azure-functions-host, HttpThrottleMiddleware.Invoke], its category Host.HttpThrottleMiddleware [ScriptConstants].</summary>
    [Fact]
    public void Lets_the_platforms_own_429_into_the_log()
        => Assert.Equal("Information", Repository.Json("host.json").Text("logging", "logLevel", "Host.HttpThrottleMiddleware"));

    private string[] Firing(string table, string column, string text) => [.. from q in Queries() where KqlQuery.Run(q.Query, [Row(table, column, text)]) > 0 select q.Name];

    private IEnumerable<(string Name, string Query)> Queries()
        => bicep["prod"].OfType("Microsoft.Insights/scheduledQueryRules").Select(alert => (alert.Text("name"), Alert("prod", alert.Text("name"))));

    private string Alert(string parameters, string name) => bicep[parameters].Named("Microsoft.Insights/scheduledQueryRules", name).At("properties", "criteria", "allOf")[0].Text("query");

    private static Dictionary<string, string> Row(string table, string column, string text, int items = 1) => new() { ["Table"] = table, [column] = text, ["ItemCount"] = $"{items}" };

    private static string Outcome(OutcomeKind kind) => CodeLogLines.Of(301, ("Outcome", kind.Row().FullName));
}
