using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// A subscriber of outcomes: completes each event, and recognises events that are redelivered after a lost lock.
/// </summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusProcessor _processor;
    private readonly ConcurrentDictionary<long, ServiceBusReceivedMessage> _received = [];
    private readonly HashSet<long> _taken = [];

    public Subscriber(LocalApp host)
    {
        _client = ServiceBusClients.Connect(host);
        _processor = _client.CreateProcessor(
            host.Broker.Results.Name,
            LocalBroker.LocalSubscription,
            new ServiceBusProcessorOptions { MaxConcurrentCalls = 8 }
        );
        _processor.ProcessMessageAsync += args =>
        {
            _received.TryAdd(args.Message.SequenceNumber, args.Message);
            return Task.CompletedTask;
        };

        // The processor continues, and unsettled events are redelivered.
        _processor.ProcessErrorAsync += static _ => Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _processor.StartProcessingAsync(cancellationToken);

    /// <summary>Events since the last call.</summary>
    public IEnumerable<ServiceBusReceivedMessage> Take() =>
        [
            .. _received
                .Values.Where(message => _taken.Add(message.SequenceNumber))
                .OrderBy(message => message.SequenceNumber),
        ];

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        await _client.DisposeAsync();
    }
}
