using System.Diagnostics;
using Azure.Messaging.ServiceBus;

namespace Benchmarks;

/// <summary>
/// Measures the .NET client of Service Bus with the local host: messages per second, and the cost of a message for host
/// and client.
/// </summary>
internal static class BrokerClient
{
    private const int Batch = 100;

    public static async Task MeasureAsync(ResultTable table, Scale scale)
    {
        await using var host = await Child.StartLocalHostAsync(("LocalHost__ForFunctionsApp", "true"));
        var settings = await FunctionsAppAsync(host);
        await using var client = new ServiceBusClient(settings["ServiceBus"]);
        await using var sender = client.CreateSender(settings["CancelRequestsQueue"]);
        await using var receiver = client.CreateReceiver(settings["CancelRequestsQueue"]);
        foreach (var warm in (bool[])[true, false])
        {
            var count = warm ? Math.Min(2000, scale.Messages) : scale.Messages;
            await RowAsync(table, warm, "sent in batches of 100", count, host, () => SendAsync(sender, count, Batch));
            await RowAsync(
                table,
                warm,
                "received by 100, completed one by one",
                count,
                host,
                () => ReceiveAsync(receiver, count)
            );
            await RowAsync(
                table,
                warm,
                "sent one by one, 16 at a time",
                count,
                host,
                () => SendAsync(sender, count, batch: 1)
            );
            await RowAsync(
                table,
                warm,
                "taken by a processor, 16 at a time",
                count,
                host,
                () => ProcessAsync(client, settings["CancelRequestsQueue"], count)
            );
        }
    }

    /// <summary>The settings that the host provides for the Functions app.</summary>
    public static async Task<Dictionary<string, string>> FunctionsAppAsync(Child host)
    {
        using HttpClient http = new();
        using var file = System.Text.Json.JsonDocument.Parse(
            await http.GetStringAsync(new Uri(host.Address, "/simulator/local.settings.json"))
        );
        return file
            .RootElement.GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(static value => value.Name, static value => value.Value.GetString()!);
    }

    private static async Task RowAsync(
        ResultTable table,
        bool warm,
        string what,
        int count,
        Child host,
        Func<Task> work
    )
    {
        var (start, mine, its) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, host.Cpu);
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (!warm)
        {
            table.Add(
                $"Service Bus messages/s, {what}",
                $"{count / elapsed.TotalSeconds:0}",
                $"CPU a message: host {(host.Cpu - its).TotalMicroseconds / count:0} µs, client {(Environment.CpuUsage.TotalTime - mine).TotalMicroseconds / count:0} µs"
            );
        }
    }

    private static async Task SendAsync(ServiceBusSender sender, int count, int batch) =>
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count / batch),
            new ParallelOptions { MaxDegreeOfParallelism = batch == 1 ? 16 : 1 },
            async (_, cancellationToken) =>
                await sender.SendMessagesAsync(
                    Enumerable
                        .Range(0, batch)
                        .Select(static _ => new ServiceBusMessage("""{"orderId":"1443"}""")
                        {
                            ContentType = "application/json",
                        }),
                    cancellationToken
                )
        );

    private static async Task ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        for (var left = count / Batch * Batch; left > 0; )
        {
            var messages = await receiver.ReceiveMessagesAsync(Batch, TimeSpan.FromSeconds(10));
            await Task.WhenAll(messages.Select(message => receiver.CompleteMessageAsync(message)));
            left =
                messages.Count == 0
                    ? throw new InvalidOperationException($"{left} messages did not come.")
                    : left - messages.Count;
        }
    }

    private static async Task ProcessAsync(ServiceBusClient client, string queue, int count)
    {
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        await using var processor = client.CreateProcessor(
            queue,
            new ServiceBusProcessorOptions { MaxConcurrentCalls = 16 }
        );
        processor.ProcessErrorAsync += static _ => Task.CompletedTask;
        processor.ProcessMessageAsync += _ =>
        {
            if (Interlocked.Increment(ref taken) == count)
            {
                all.TrySetResult();
            }

            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await processor.StopProcessingAsync();
    }
}
