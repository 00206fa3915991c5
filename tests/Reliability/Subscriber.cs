using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// A subscriber of outcomes: completes each event, and recognises events that are redelivered after a lost lock. A
/// client that has blocked itself is replaced.
/// </summary>
internal sealed class Subscriber(LocalApp host, TimeProvider time) : IAsyncDisposable
{
    // Events are only noted, so more than a moment without one is a stall.
    private static readonly TimeSpan LongestHandling = TimeSpan.FromSeconds(4);

    private readonly StalledQueue _stalled = new(LongestHandling, time);
    private readonly ConcurrentDictionary<long, ServiceBusReceivedMessage> _received = [];
    private readonly HashSet<long> _taken = [];
    private readonly CancellationTokenSource _ended = new();
    private ServiceBusClient? _client;
    private Task _watching = Task.CompletedTask;

    public async Task StartAsync()
    {
        await ConnectAsync();
        _watching = _stalled.WatchAsync(() => host.Broker.Local.Counts.Ready, ReplaceAsync, _ended.Token);
    }

    /// <summary>Events since the last call.</summary>
    public IEnumerable<ServiceBusReceivedMessage> Take() =>
        [
            .. _received
                .Values.Where(message => _taken.Add(message.SequenceNumber))
                .OrderBy(message => message.SequenceNumber),
        ];

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        if (_client is not null)
        {
            await BrokerClient.EndAsync(_client, time);
        }
    }

    private Task ConnectAsync()
    {
        _client = BrokerClient.Connect(host);
        var processor = _client.CreateProcessor(
            host.Broker.Results.Name,
            LocalBroker.LocalSubscription,
            new ServiceBusProcessorOptions { MaxConcurrentCalls = 8 }
        );
        processor.ProcessMessageAsync += args =>
        {
            _stalled.Moved();
            _received.TryAdd(args.Message.SequenceNumber, args.Message);
            return Task.CompletedTask;
        };

        // The processor continues, and unsettled events are redelivered.
        processor.ProcessErrorAsync += static _ => Task.CompletedTask;
        return processor.StartProcessingAsync(_ended.Token);
    }

    private Task ReplaceAsync()
    {
        _ = BrokerClient.EndAsync(_client!, time);
        return ConnectAsync();
    }
}
