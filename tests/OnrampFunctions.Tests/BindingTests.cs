using System.Text.Json;

namespace OnrampFunctions.Tests;

/// <summary>What the Functions host reads: names, routes, bindings, and the files in the folder of the app.</summary>
public sealed class BindingTests
{
    private static readonly JsonElement Host = Read("Root/host.json");
    private static readonly JsonElement Settings = Read("Root/local.settings.sample.json").GetProperty("Values");

    /// <summary>
    /// Two generators of the SDK list the functions: one at build time for the host, and one in the worker, which
    /// reports them to the host at start. Without <c>methods</c> every method is allowed, so that the core returns 405
    /// and not the host 404.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_host_learns_of_these_functions_and_of_no_other_from_the_deployment_and_from_the_worker(
        bool fromWorker
    ) =>
        Assert.Equal(
            [
                "AsyncApi: httpTrigger authLevel=Anonymous route=asyncapi.json, http",
                "CancelOrder: httpTrigger authLevel=Function route=orders/cancel, http",
                "CancelOrderFromQueue: serviceBusTrigger autoCompleteMessages=False cardinality=One connection=ServiceBus queueName=%CancelRequestsQueue%",
                "DeleteExpiredRecords: timerTrigger schedule=0 15 * * * *",
                "Health: httpTrigger authLevel=Anonymous route=health, http",
                "OpenApi: httpTrigger authLevel=Anonymous route=openapi.json, http",
                "OrderOutcomes: httpTrigger authLevel=Function route=orders/{order}/outcomes, http",
                "OrderTimeout: httpTrigger authLevel=Function route=orders/{order}/timeout, http",
                "RecordOutcome: serviceBusTrigger autoCompleteMessages=False cardinality=One connection=ServiceBus subscriptionName=%CancelRecordsSubscription% topicName=%CancelResultsTopic%",
                "RequestState: httpTrigger authLevel=Function route=requests/{id}, http",
                "Schema: httpTrigger authLevel=Anonymous route=schemas/{name}, http",
            ],
            (fromWorker ? await IndexedFunction.OfWorkerAsync() : IndexedFunction.OfDeployment()).Select(function =>
                function.ToString()
            )
        );

    [Fact]
    public async Task The_worker_can_make_every_function_class() =>
        Assert.All(
            await IndexedFunction.OfWorkerAsync(),
            function =>
            {
                var (type, method) = (
                    Path.GetFileNameWithoutExtension(function.EntryPoint),
                    Path.GetExtension(function.EntryPoint)[1..]
                );
                var made = typeof(OrderRequests).Assembly.GetType(type, throwOnError: true)!;
                Assert.Single(made.GetConstructors());
                Assert.NotNull(made.GetMethod(method));
            }
        );

    [Fact]
    public void The_deployment_has_what_the_host_starts_and_loads()
    {
        var worker = Read("worker.config.json").GetProperty("description");
        Assert.Equal(
            ("dotnet-isolated", "dotnet"),
            (worker.GetProperty("language").GetString(), worker.GetProperty("defaultExecutablePath").GetString())
        );
        var extensions = Read("extensions.json")
            .GetProperty("extensions")
            .EnumerateArray()
            .Select(extension => extension.GetProperty("hintPath").GetString()!);
        Assert.All(
            extensions.Append(worker.GetProperty("defaultWorkerPath").GetString()!),
            file => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, file)), $"{file} is not there.")
        );
    }

    [Fact]
    public void The_routes_and_the_queue_mean_what_the_documents_and_the_settings_say()
    {
        Assert.Equal("api", Host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.False(
            Host.GetProperty("extensions").GetProperty("serviceBus").GetProperty("autoCompleteMessages").GetBoolean()
        );
        Assert.True(
            Settings.TryGetProperty("CancelRequestsQueue", out _),
            "The queue's name is not among the settings."
        );
        Assert.Contains(
            Settings.EnumerateObject(),
            setting => setting.Name.StartsWith("ServiceBus__", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_worker_may_use_reflection_for_JSON_and_could_not_start_without() =>
        Assert.True(
            Read("OnrampFunctions.runtimeconfig.json")
                .GetProperty("runtimeOptions")
                .GetProperty("configProperties")
                .GetProperty("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault")
                .GetBoolean()
        );

    [Fact]
    public void A_message_is_locked_for_longer_than_a_function_may_take()
    {
        var function = TimeSpan.Parse(Host.GetProperty("functionTimeout").GetString()!, null);
        var serviceBus = Host.GetProperty("extensions").GetProperty("serviceBus");
        var renewal = TimeSpan.Parse(serviceBus.GetProperty("maxAutoLockRenewalDuration").GetString()!, null);
        var budget = TimeSpan.Parse(Settings.GetProperty("Onramp__TotalBudget").GetString()!, null);
        Assert.True(budget < function && function < renewal, $"{budget} < {function} < {renewal} does not hold.");
        Assert.Equal(0, serviceBus.GetProperty("prefetchCount").GetInt32());
    }

    /// <summary>A caller that waits for more than four others has given up before its answer.</summary>
    [Fact]
    public void The_host_refuses_requests_that_would_wait_for_too_many_others()
    {
        var http = Host.GetProperty("extensions").GetProperty("http");
        var concurrent = http.GetProperty("maxConcurrentRequests").GetInt32();
        Assert.InRange(http.GetProperty("maxOutstandingRequests").GetInt32(), concurrent, 4 * concurrent);
    }

    /// <summary>The host's sampling is then ignored. The exporter's is switched off in the code.</summary>
    [Fact]
    public void The_host_exports_by_OpenTelemetry_as_the_worker_does()
    {
        Assert.Equal("OpenTelemetry", Host.GetProperty("telemetryMode").GetString());
        Assert.False(Host.GetProperty("logging").TryGetProperty("applicationInsights", out _));
    }

    /// <summary>The message of a failed start is a line of the console, which the default level would drop.</summary>
    [Fact]
    public void What_the_worker_writes_to_the_console_is_kept() =>
        Assert.Equal(
            "Information",
            Host.GetProperty("logging").GetProperty("logLevel").GetProperty("Host.Function.Console").GetString()
        );

    private static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file))).RootElement;
}
