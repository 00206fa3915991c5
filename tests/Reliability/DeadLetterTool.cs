using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// Resubmits dead letters as common tools do: it copies body, message id and all application properties into a new
/// message. Service Bus Explorer also copies the broker's <c>DeadLetterReason</c> and
/// <c>DeadLetterErrorDescription</c>; the copy constructor of the SDK does not.
/// </summary>
internal sealed class DeadLetterTool(LocalApp host, TimeProvider time) : IAsyncDisposable
{
    private const string Reason = "DeadLetterReason";
    private const string Description = "DeadLetterErrorDescription";
    private const int Page = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BrokerClient _broker = new(host, time);
    private readonly MessageQueue _deadLetters = host.Broker.Requests.DeadLetters!;

    /// <summary>Receives all messages that are now in the dead-letter queue.</summary>
    public async Task<IReadOnlyCollection<ServiceBusReceivedMessage>> TakeAllAsync(CancellationToken cancellationToken)
    {
        Dictionary<long, ServiceBusReceivedMessage> taken = [];
        while (!_deadLetters.Counts.IsIdle)
        {
            foreach (var letter in await _broker.ReceiveDeadLettersAsync(Page, Patience, cancellationToken))
            {
                taken.TryAdd(letter.SequenceNumber, letter);
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

        return _broker.SendUntilTakenAsync(message, cancellationToken);
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}
