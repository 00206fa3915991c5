namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>What the console says at the start and at the end.</summary>
internal static class Banner
{
    public static void Write(TextWriter output, Uri url, string? connectionString, IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var broker = services.GetRequiredService<LocalBroker>();
        var simulator = services.GetRequiredService<OnrampSimulator>();
        var provider = new Uri(configuration["Onramp:BaseUrl"]!);
        var host = url.ToString().TrimEnd('/');
        output.WriteLine(
            $"""

            Onramp order cancellation listens on {host} (this machine only; Ctrl+C stops it).
            Watch it, and try it: {host}/
            Its addresses and messages, to read and to try: {host}{ApiReference.Path}
            """
        );
        if (provider.Port == url.Port && provider.IsLoopback)
        {
            output.WriteLine("Orders of the simulated provider:");
            foreach (var order in simulator.Orders)
            {
                output.WriteLine(
                    $"  {order.OrderId}  {OrderStates.Describe(order.Status)}{(order.Hash is null ? "" : $", hash {order.Hash}")}"
                );
            }
        }
        else
        {
            output.WriteLine($"The provider is {provider}{(provider.IsLoopback ? "." : ": orders there are real.")}");
        }

        output.WriteLine(
            $$"""

            Cancel by HTTP:
              curl -i {{host}}/api/orders/cancel -H 'Content-Type: application/json' -d '{"orderId":"1443"}'
            Cancel by message:
              curl -i {{host}}/{{broker.Requests.Name}}/messages -H 'Content-Type: application/json' -d '{"hash":"9f86d081884c7d65"}'
            Read the next outcome:
              curl -i -X DELETE '{{host}}/{{broker.Local.Name}}/messages/head?timeout=5'
            {{(
                connectionString is null
                    ? "Service Bus clients cannot connect (LocalHost__Amqp=off)."
                    : $"Connect Service Bus clients of any language:\n  {connectionString}"
            )}}
            {{(
                services.GetRequiredService<LocalSettings>().ForFunctionsApp
                    ? ForFunctionsApp(host)
                    : "This host reads the queue itself. To have the Functions app do all the work: LocalHost__ForFunctionsApp=true"
            )}}
            Of outcomes and dead letters that nobody reads, the last {{services.GetRequiredService<LocalSettings>().KeptMessages}} of each are kept (LocalHost__KeptMessages).

            """
        );
    }

    private static string ForFunctionsApp(string host) =>
        $"""
            The queue is left to the Functions app. Give it its settings, in the repository's folder, and start it; it cancels by HTTP too, on port {FunctionsAppPlatform.AppPort}:
              curl -fo local.settings.json {host}{FunctionsAppPlatform.SettingsPath}
              dotnet run --project src/OnrampFunctions
            """;

    /// <summary>The queue lives in memory: whoever stops the host should know what ends with it.</summary>
    public static void WriteLeftovers(TextWriter output, LocalBroker broker)
    {
        var counts = broker.Requests.Counts;
        if (counts.Ready + counts.Locked + counts.Scheduled > 0)
        {
            output.WriteLine(
                $"Left on the queue, which lived in memory: {counts.Ready + counts.Locked} waiting, {counts.Scheduled} scheduled."
            );
        }
    }
}
