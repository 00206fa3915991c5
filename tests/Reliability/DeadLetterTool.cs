using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// Resubmits dead letters as common tools do: it copies body, message id and all application properties into a new
/// message. Service Bus Explorer also copies the broker's <c>DeadLetterReason</c> and
/// <c>DeadLetterErrorDescription</c>; the copy constructor of the SDK does not.
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
        _client = ServiceBusClients.Connect(host);
        _receiver = _client.CreateReceiver(
            host.Broker.Requests.Name,
            new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }
        );
        _sender = _client.CreateSender(host.Broker.Requests.Name);
        _deadLetters = host.Broker.Requests.DeadLetters!;
        _time = time;
    }

    /// <summary>Receives all messages that are now in the dead-letter queue.</summary>
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
                // Unsettled messages are redelivered.
            }
        }

        return taken.Values;
    }

    /// <summary>Resubmits a message to the queue.</summary>
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
