// An order system: it sends a cancel for each order, and follows the outcomes of all requests until Ctrl+C.
//   LocalHost__EmulatorConfig=samples/service-bus.json dotnet run --project tools/OnrampFunctions.LocalHost
//   dotnet run --project samples/csharp/order-system -- 1443 1444
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;

const string LocalHost =
    "Endpoint=sb://localhost;SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;";

// In Azure: new ServiceBusClient("NAMESPACE.servicebus.windows.net", new DefaultAzureCredential())
await using ServiceBusClient client = new(Environment.GetEnvironmentVariable("SERVICE_BUS") ?? LocalHost);

// The requests whose outcome is final. A real order system has them in its database.
ConcurrentDictionary<string, string> decided = new();

// Two subscriptions with a filter on the property "outcome". They are independent: a failure may be read late.
await FollowAsync(
    "decided",
    (request, order, data) =>
    {
        decided[request] = $"{data["outcome"]}";
        Console.WriteLine($"{order}: {data["outcome"]}");
    }
);
await FollowAsync(
    "in-doubt",
    (request, order, data) =>
        Console.WriteLine(
            decided.TryGetValue(request, out var final)
                ? $"{order}: stays {final}, an older failure is ignored"
                : $"{order}: in doubt ({data["reasonCode"]}), wait for a final outcome"
        )
);

await using var sender = client.CreateSender("cancel-requests");
foreach (var order in args)
{
    // The message id is the request id. Choose it once for each decision to cancel, so that sending again is safe.
    ServiceBusMessage message = new(BinaryData.FromObjectAsJson(new { orderId = order }));
    (message.MessageId, message.ContentType) = ($"cancel-{order}", "application/json");
    await sender.SendMessageAsync(message);
}

await Task.Delay(Timeout.Infinite);

// An event that could not be handled is delivered again, because it is completed after the handler.
async Task FollowAsync(string subscription, Action<string, string, JsonNode> handle)
{
    var processor = client.CreateProcessor("cancel-results", subscription);
    processor.ProcessErrorAsync += error => Console.Error.WriteLineAsync(error.Exception.Message);
    processor.ProcessMessageAsync += received =>
    {
        var data = JsonNode.Parse(received.Message.Body)!;
        handle($"{data["requestId"]}", $"{data["orderId"] ?? data["hash"]}", data);
        return Task.CompletedTask;
    };
    await processor.StartProcessingAsync();
}
