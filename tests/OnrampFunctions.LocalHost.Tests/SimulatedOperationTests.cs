using System.Net;
using System.Reflection;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The simulated provider has every operation that the service knows.</summary>
public sealed class SimulatedOperationTests
{
    private static readonly Type Operation = typeof(CancelRequest).Assembly.GetType(
        "Onramp.Cancellation.Onramp.ProviderOperation",
        throwOnError: true
    )!;

    [Fact]
    public async Task Knows_the_address_of_every_operation_of_the_service()
    {
        await using var host = await RunningHost.StartAsync();
        var operations = Operation
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => field.GetValue(null)!)
            .ToList();
        Assert.NotEmpty(operations);
        foreach (var operation in operations)
        {
            using var request = RunningHost.Request(
                Of<HttpMethod>(operation, "Method"),
                Of<string>(operation, "Path"),
                "{}"
            );
            Assert.True(
                (await host.SendAsync(request)).Status != HttpStatusCode.NotFound,
                $"The simulator does not know {operation}."
            );
        }
    }

    private static T Of<T>(object operation, string name) => (T)Operation.GetProperty(name)!.GetValue(operation)!;
}
