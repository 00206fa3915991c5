using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>The sample order systems do what their comments say.</summary>
[Collection<SampleCollection>]
public sealed class OrderSystemTests(SampleHost samples)
{
    [Theory]
    [InlineData("csharp", "7001", "7002")]
    [InlineData("typescript", "7101", "7102")]
    public async Task Follows_a_request_whose_failure_is_superseded(string language, string sent, string failing)
    {
        SampleHost.SkipWithout(language);
        var host = samples.Host;
        host.Host.Simulator.Put(sent, OrderStates.Waiting);
        host.Host.Simulator.Put(failing, OrderStates.Waiting).PlanFailure();
        using var program = await SampleProgram.StartAsync(
            language,
            "order-system",
            [sent],
            ("SERVICE_BUS", host.Host.ServiceBusConnectionString!)
        );
        await program.ReadUntilAsync($"{sent}: cancelled");

        await CancelAsync(failing);
        await program.ReadUntilAsync($"{failing}: in doubt (throttled), wait for a final outcome");
        await CancelAsync(failing);
        await program.ReadUntilAsync($"{failing}: cancelled");
        await host.SendAsync("cancel-results", LateFailure(failing));

        await program.ReadUntilAsync($"{failing}: stays cancelled, an older failure is ignored");
    }

    private static ServiceBusMessage LateFailure(string order) =>
        new($$"""{"requestId":"key-{{order}}","orderId":"{{order}}","outcome":"failed","reasonCode":"throttled"}""")
        {
            ContentType = "application/json",
            ApplicationProperties = { ["outcome"] = "failed" },
        };

    private async Task CancelAsync(string order)
    {
        using HttpClient client = new() { BaseAddress = samples.Host.Host.BaseAddress };
        using var request = RunningHost.Request(
            HttpMethod.Post,
            "/api/orders/cancel",
            $$"""{"orderId":"{{order}}"}""",
            ("Idempotency-Key", $"key-{order}")
        );
        using var response = await client.SendAsync(request, RunningHost.Token);
    }
}
