namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>The console output at the start and at the end.</summary>
internal static class Banner
{
    public static void Write(TextWriter output, Uri url, string? connectionString, IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var settings = services.GetRequiredService<LocalSettings>();
        var broker = services.GetRequiredService<LocalBroker>();
        var host = url.ToString().TrimEnd('/');
        output.WriteLine(
            $"""

            Onramp order cancellation listens on {host} (this machine only; Ctrl+C stops it).
            Watch it, and try it: {host}/
            Reference of its endpoints and messages: {host}{ApiReference.Path}
            """
        );
        WriteProvider(
            output,
            new Uri(configuration["Onramp:BaseUrl"]!),
            url,
            services.GetRequiredService<OnrampSimulator>()
        );
        var json = "-H 'Content-Type: application/json'";
        output.WriteLine(
            $$"""

            Cancel by HTTP:
              curl -i {{host}}/api/orders/cancel {{json}} -d '{"orderId":"1443"}'
            Cancel by message:
              curl -i {{host}}/{{broker.Requests.Name}}/messages {{json}} -d '{"hash":"9f86d081884c7d65"}'
            Read the next outcome:
              curl -i -X DELETE '{{host}}/{{broker.Local.Name}}/messages/head?timeout=5'
            {{Connection(connectionString)}}
            {{QueueReader(settings, host)}}
            The latest {{settings.KeptMessages}} unread outcomes and dead letters are kept (LocalHost__KeptMessages).

            """
        );
    }

    /// <summary>Reports the messages that are lost: the queue is in memory.</summary>
    public static void WriteLeftovers(TextWriter output, LocalBroker broker)
    {
        var counts = broker.Requests.Counts;
        var waiting = counts.Ready + counts.Locked;
        if (waiting + counts.Scheduled > 0)
        {
            output.WriteLine(
                $"Left on the queue, which was in memory: {waiting} waiting, {counts.Scheduled} scheduled."
            );
        }
    }

    private static void WriteProvider(TextWriter output, Uri provider, Uri url, OnrampSimulator simulator)
    {
        if (provider.Port != url.Port || !provider.IsLoopback)
        {
            output.WriteLine($"The provider is {provider}{(provider.IsLoopback ? "." : ": orders there are real.")}");
            return;
        }

        output.WriteLine("Orders of the simulated provider:");
        foreach (var order in simulator.Orders)
        {
            var hash = order.Hash is null ? "" : $", hash {order.Hash}";
            output.WriteLine($"  {order.OrderId}  {OrderStates.Describe(order.Status)}{hash}");
        }
    }

    private static string Connection(string? connectionString) =>
        connectionString is null
            ? "Service Bus clients cannot connect (LocalHost__Amqp=off)."
            : $"Connect Service Bus clients of any language:\n  {connectionString}";

    private static string QueueReader(LocalSettings settings, string host) =>
        settings.ForFunctionsApp
            ? $"""
                The Functions app reads the queue. Get its settings, in the folder of the repository, and start it;
                it also cancels by HTTP, on port {FunctionsAppPlatform.AppPort}:
                  curl -fo local.settings.json {host}{FunctionsAppPlatform.SettingsPath}
                  dotnet run --project src/OnrampFunctions
                """
            : "This host reads the queue itself. To leave it to the Functions app: LocalHost__ForFunctionsApp=true";
}
