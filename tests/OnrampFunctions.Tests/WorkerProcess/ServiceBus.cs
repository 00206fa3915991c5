using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// The other end of the queues and the topic, with the real client: sends requests and keeps all outcome events.
/// </summary>
public sealed class ServiceBus : IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusProcessor _reader;
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ServiceBusReceivedMessage>> _first = new();
    private readonly ConcurrentQueue<ServiceBusReceivedMessage> _events = new();

    private ServiceBus(string connectionString, string topic)
    {
        _client = new ServiceBusClient(connectionString);
        _reader = _client.CreateProcessor(topic, "all");
        _reader.ProcessMessageAsync += received =>
        {
            _events.Enqueue(received.Message);
            First(received.Message.CorrelationId).TrySetResult(received.Message);
            return Task.CompletedTask;
        };
        _reader.ProcessErrorAsync += static _ => Task.CompletedTask;
    }

    public static async Task<ServiceBus> StartAsync(string connectionString, string topic)
    {
        ServiceBus bus = new(connectionString, topic);
        await bus._reader.StartProcessingAsync(Platform.Token);
        return bus;
    }

    public Task SendAsync(string queue, ServiceBusMessage message) =>
        _senders.GetOrAdd(queue, _client.CreateSender).SendMessageAsync(message, Platform.Token);

    /// <summary>Waits for the outcome event of a request.</summary>
    public Task<ServiceBusReceivedMessage> OutcomeAsync(string requestId) =>
        First(requestId).Task.WaitAsync(Platform.Patience, Platform.Token);

    /// <summary>The outcome events of a request so far.</summary>
    public IEnumerable<ServiceBusReceivedMessage> OutcomesOf(string requestId) =>
        _events.Where(received => received.CorrelationId == requestId);

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _client.DisposeAsync();
    }

    private TaskCompletionSource<ServiceBusReceivedMessage> First(string requestId) =>
        _first.GetOrAdd(requestId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
