using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// Whoever listens for outcomes: completes each event that it gets, and knows one that comes again because its lock was
/// lost.
/// </summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusProcessor _processor;
    private readonly ConcurrentDictionary<long, ServiceBusReceivedMessage> _received = [];
    private readonly HashSet<long> _taken = [];

    public Subscriber(LocalApp host)
    {
        _client = Bus.Connect(host);
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

        // The processor goes on by itself, and what was not settled comes again.
        _processor.ProcessErrorAsync += static _ => Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _processor.StartProcessingAsync(cancellationToken);

    /// <summary>Events that have come since this was asked last.</summary>
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
