using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// Takes dead letters and puts them back as the common tools do: body, message id and every application property go
/// into a new message. Service Bus Explorer takes the broker's <c>DeadLetterReason</c> and
/// <c>DeadLetterErrorDescription</c> along; the SDK's own way of copying leaves them out.
/// </summary>
internal sealed class DeadLetterTool : IAsyncDisposable
{
    private const string Reason = "DeadLetterReason";
    private const string Description = "DeadLetterErrorDescription";
    private const int Page = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ServiceBusClient _client;
    private readonly ServiceBusReceiver _receiver;
    private readonly ServiceBusSender _sender;
    private readonly MessageQueue _deadLetters;
    private readonly TimeProvider _time;

    public DeadLetterTool(LocalApp host, TimeProvider time)
    {
        _client = Bus.Connect(host);
        _receiver = _client.CreateReceiver(
            host.Broker.Requests.Name,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        _sender = _client.CreateSender(host.Broker.Requests.Name);
        _deadLetters = host.Broker.Requests.DeadLetters!;
        _time = time;
    }

    /// <summary>Takes everything that is in the dead-letter queue now.</summary>
    public async Task<IReadOnlyCollection<ServiceBusReceivedMessage>> TakeAllAsync(CancellationToken cancellationToken)
    {
        Dictionary<long, ServiceBusReceivedMessage> taken = [];
        while (!_deadLetters.Counts.IsIdle)
        {
            try
            {
                foreach (var letter in await _receiver.ReceiveMessagesAsync(Page, Patience, cancellationToken))
                {
                    taken.TryAdd(letter.SequenceNumber, letter);
                    await _receiver.CompleteMessageAsync(letter, cancellationToken);
                }
            }
            catch (ServiceBusException)
            {
                // What was not settled comes again.
            }
        }

        return taken.Values;
    }

    /// <summary>Sends one to the queue again.</summary>
    public Task PutBackAsync(ServiceBusReceivedMessage letter, CancellationToken cancellationToken)
    {
        ServiceBusMessage message = new(letter);
        if (letter.SequenceNumber % 2 == 0)
        {
            message.ApplicationProperties[Reason] = letter.DeadLetterReason;
            message.ApplicationProperties[Description] = letter.DeadLetterErrorDescription;
        }

        return _sender.SendUntilTakenAsync(message, _time, cancellationToken);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
