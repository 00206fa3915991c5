using System.Text.Json.Nodes;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>What the worker reports to the host before it gets any work.</summary>
public sealed class IndexingTests(Platform platform)
{
    // Not all properties of a binding, because the real Service Bus extension has more than its declarations.
    private static readonly string[] Told =
    [
        "type",
        "direction",
        "authLevel",
        "route",
        "methods",
        "queueName",
        "topicName",
        "subscriptionName",
        "schedule",
        "connection",
        "autoCompleteMessages",
        "cardinality",
    ];

    [Fact]
    public void The_host_learns_of_every_function_with_its_bindings() =>
        Assert.Equal(
            [
                "AsyncApi: httpTrigger In Anonymous asyncapi.json, http Out",
                "CancelOrder: httpTrigger In Function orders/cancel, http Out",
                "CancelOrderFromQueue: serviceBusTrigger In %CancelRequestsQueue% ServiceBus false One",
                "DeleteExpiredRecords: timerTrigger In 0 15 * * * *",
                "Health: httpTrigger In Anonymous health, http Out",
                "OpenApi: httpTrigger In Anonymous openapi.json, http Out",
                "OrderOutcomes: httpTrigger In Function orders/{order}/outcomes, http Out",
                "OrderTimeout: httpTrigger In Function orders/{order}/timeout, http Out",
                "RecordOutcome: serviceBusTrigger In %CancelResultsTopic% %CancelRecordsSubscription% ServiceBus false One",
                "RequestState: httpTrigger In Function requests/{id}, http Out",
                "Schema: httpTrigger In Anonymous schemas/{name}, http Out",
            ],
            platform
                .Shared.Worker.Functions.Select(static function =>
                    $"{function.Name}: {string.Join(", ", function.RawBindings.Select(Describe))}"
                )
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_host_may_send_requests_to_the_worker_itself_and_tell_it_to_stop_or_that_a_caller_has_gone()
    {
        var capabilities = platform.Shared.Worker.Capabilities;
        Assert.True(new Uri(capabilities["HttpUri"]).IsLoopback);
        Assert.All(
            ["HandlesWorkerTerminateMessage", "HandlesInvocationCancelMessage"],
            name => Assert.Equal("True", capabilities[name])
        );
    }

    private static string Describe(string binding)
    {
        var raw = JsonNode.Parse(binding)!.AsObject();
        return string.Join(' ', Told.Select(name => raw[name]).OfType<JsonNode>());
    }
}
