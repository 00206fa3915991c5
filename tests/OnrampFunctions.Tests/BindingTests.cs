using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OnrampFunctions.Triggers;

namespace OnrampFunctions.Tests;

/// <summary>What the Functions host will read: names, routes, bindings, and the files beside the app.</summary>
public sealed class BindingTests
{
    private static readonly JsonElement Host = Read("host.json");
    private static readonly JsonElement Settings = Read("local.settings.sample.json").GetProperty("Values");

    private static readonly List<(string Name, MethodInfo Method)> Functions =
    [
        .. from type in typeof(OrderRequests).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           orderby function.Name
           select (function.Name, method),
    ];

    [Fact]
    public void The_app_has_these_functions_at_these_routes()
        => Assert.Equal(
            [
                "ArmOrderTimeout Function /api/orders/timeouts",
                "CancelOrder Function /api/orders/cancel",
                "DisarmOrderTimeout Function /api/orders/timeouts/{timeoutId}",
                "Health Anonymous /api/health",
            ],
            from function in Functions
            let trigger = Trigger<HttpTriggerAttribute>(function.Method)
            where trigger is not null
            select $"{function.Name} {trigger.AuthLevel} /{Host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString()}/{trigger.Route}");

    [Fact]
    public void Every_HTTP_function_takes_every_method_so_that_the_core_answers_405()
        => Assert.All(Functions, function => Assert.Null(Trigger<HttpTriggerAttribute>(function.Method)?.Methods));

    [Fact]
    public void One_function_reads_the_queue_and_settles_by_itself()
    {
        var (name, method) = Assert.Single(Functions, function => Trigger<ServiceBusTriggerAttribute>(function.Method) is not null);
        var trigger = Trigger<ServiceBusTriggerAttribute>(method)!;
        Assert.Equal(("CancelOrderFromQueue", "%CancelRequestsQueue%", "ServiceBus"), (name, trigger.QueueName, trigger.Connection));
        Assert.False(trigger.AutoCompleteMessages);
        Assert.False(trigger.IsBatched);
        Assert.False(Host.GetProperty("extensions").GetProperty("serviceBus").GetProperty("autoCompleteMessages").GetBoolean());
        Assert.True(Settings.TryGetProperty(trigger.QueueName!.Trim('%'), out _), "The queue's name is not among the settings.");
        Assert.Contains(Settings.EnumerateObject(), setting => setting.Name.StartsWith($"{trigger.Connection}__", StringComparison.Ordinal));
    }

    /// <summary>What the Sdk's generator wrote for the host to read; it is part of the deployment.</summary>
    [Fact]
    public void The_hosts_own_list_of_functions_has_them_all_with_their_bindings()
    {
        var listed = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "functions.metadata"))).RootElement.EnumerateArray()
            .Select(static function => $"{function.GetProperty("name").GetString()} {function.GetProperty("language").GetString()} "
                + string.Join(' ', function.GetProperty("bindings").EnumerateArray().Select(static binding => binding.GetProperty("type").GetString())));
        Assert.Equal(
            [
                "ArmOrderTimeout dotnet-isolated httpTrigger http",
                "CancelOrder dotnet-isolated httpTrigger http",
                "CancelOrderFromQueue dotnet-isolated serviceBusTrigger",
                "DisarmOrderTimeout dotnet-isolated httpTrigger http",
                "Health dotnet-isolated httpTrigger http",
            ],
            listed.Order());
    }

    [Fact]
    public void The_worker_can_make_every_function_class()
        => Assert.All(Functions, function =>
        {
            Assert.True(function.Method.IsPublic && function.Method.DeclaringType!.IsPublic, $"{function.Name} is not public.");
            Assert.Single(function.Method.DeclaringType!.GetConstructors());
        });

    [Fact]
    public void The_worker_may_use_reflection_for_JSON_and_could_not_start_without()
        => Assert.True(JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OnrampFunctions.runtimeconfig.json"))).RootElement
            .GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault").GetBoolean());

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

    [Fact]
    public void Sampling_never_drops_a_failure()
        => Assert.Equal(
            ["Exception", "Request", "Trace"],
            Host.GetProperty("logging").GetProperty("applicationInsights").GetProperty("samplingSettings").GetProperty("excludedTypes").GetString()!.Split(';').Order());

    /// <summary>The sentence with which the process ends at start is a line of the console, and the default level would drop it.</summary>
    [Fact]
    public void What_the_worker_writes_to_the_console_is_kept()
        => Assert.Equal("Information", Host.GetProperty("logging").GetProperty("logLevel").GetProperty("Host.Function.Console").GetString());

    private static T? Trigger<T>(MethodInfo method) where T : Attribute
        => method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).FirstOrDefault(attribute => attribute is not null);

    private static JsonElement Read(string file)
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Root", file))).RootElement;
}
