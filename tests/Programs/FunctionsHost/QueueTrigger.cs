using System.Text.Json;
using Azure.Messaging.ServiceBus;
using FunctionsHost.Protocol;

namespace FunctionsHost;

/// <summary>
/// The Service Bus trigger with the settings of host.json. It sends a message to the worker as text, and the worker
/// returns how to settle it, because some feeds lack the real extension, which binds and settles messages on both
/// sides.
/// </summary>
internal sealed class QueueTrigger : IAsyncDisposable
{
    private const int MaxConcurrentCalls = 16;

    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(5);

    private readonly ServiceBusClient _client;
    private readonly ServiceBusProcessor _processor;

    private QueueTrigger(ServiceBusClient client, ServiceBusProcessor processor) =>
        (_client, _processor) = (client, processor);

    /// <summary>
    /// Receives messages of a queue, or of a subscription of a topic, and invokes a function of the current worker.
    /// </summary>
    public static async Task<QueueTrigger> StartAsync(
        string connectionString,
        string entity,
        string? subscription,
        string function,
        Func<Task<Worker>> worker,
        Action completed,
        CancellationToken cancellationToken
    )
    {
        ServiceBusClient client = new(connectionString);
        ServiceBusProcessorOptions options = new()
        {
            AutoCompleteMessages = false,
            MaxConcurrentCalls = MaxConcurrentCalls,
            PrefetchCount = 0,
        };
        var processor = subscription is null
            ? client.CreateProcessor(entity, options)
            : client.CreateProcessor(entity, subscription, options);
        processor.ProcessMessageAsync += async received =>
        {
            if (await InvokeAsync(received, await worker(), function))
            {
                completed();
            }
        };

        // A failed invocation throws, so that the SDK abandons the message as it does for the extension.
        processor.ProcessErrorAsync += static _ => Task.CompletedTask;
        await processor.StartProcessingAsync(cancellationToken);
        return new QueueTrigger(client, processor);
    }

    /// <summary>Stops receiving and waits for the messages in progress.</summary>
    public Task StopAsync() => _processor.StopProcessingAsync(CancellationToken.None);

    /// <summary>Closes the connection as when the host is killed. No message is settled afterwards.</summary>
    public async Task CloseConnectionAsync() =>
        await Task.Run(() => _client.DisposeAsync().AsTask())
            .WaitAsync(DisposalLimit, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for the invocations in progress.</summary>
    /// <remarks>
    /// The client can deadlock when its connection is closed while it settles a message, so there is a time limit.
    /// </remarks>
    public async ValueTask DisposeAsync() =>
        await Task.Run(() => _processor.DisposeAsync().AsTask())
            .WaitAsync(DisposalLimit, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Invokes the function and settles the message.</summary>
    /// <returns>Whether the message was completed.</returns>
    private static async Task<bool> InvokeAsync(ProcessMessageEventArgs received, Worker worker, string name)
    {
        var function = worker.QueueFunctions.Single(known => known.Name == name);
        var answer = await worker.Channel.InvokeAsync(
            new InvocationRequest
            {
                InvocationId = Guid.NewGuid().ToString(),
                FunctionId = function.Id,
                InputData =
                {
                    new ParameterBinding
                    {
                        Name = function.Parameter,
                        Data = new() { String = Text(received.Message) },
                    },
                },
                TraceContext = new(),
                RetryContext = new(),
            }
        );
        if (answer.Result.Status != StatusResult.Types.Status.Success)
        {
            throw new InvalidOperationException($"The invocation failed: {answer.Result.Exception?.Message}");
        }

        var settlement = JsonDocument.Parse(answer.ReturnValue.String).RootElement;
        await SettleAsync(received, settlement);
        return settlement.GetProperty("action").ValueEquals("complete");
    }

    private static string Text(ServiceBusReceivedMessage message) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string>
            {
                ["amqp"] = Convert.ToBase64String(message.GetRawAmqpMessage().ToBytes()),
                ["lockToken"] = message.LockToken,
            },
            HostJson.Default.DictionaryStringString
        );

    private static Task SettleAsync(ProcessMessageEventArgs received, JsonElement settlement)
    {
        var properties = settlement
            .GetProperty("properties")
            .EnumerateObject()
            .ToDictionary(
                static property => property.Name,
                static property =>
                    property.Value.ValueKind == JsonValueKind.Number
                        ? (object)property.Value.GetInt32()
                        : property.Value.GetString()!
            );
        return settlement.GetProperty("action").GetString() switch
        {
            "complete" => received.CompleteMessageAsync(received.Message),
            "abandon" => received.AbandonMessageAsync(received.Message, properties),
            "dead-letter" => received.DeadLetterMessageAsync(
                received.Message,
                properties,
                settlement.GetProperty("reason").GetString(),
                settlement.GetProperty("description").GetString()
            ),
            _ => Task.CompletedTask,
        };
    }
}
