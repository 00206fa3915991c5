using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Sends and schedules messages of the queue of cancel requests.</summary>
internal sealed class CancelQueue(ServiceBusClient client, IOptions<ServiceBusOptions> options) : ICancelQueue
{
    private readonly ServiceBusSender _sender = client.CreateSender(options.Value.Queue);
    private readonly ServiceBusReceiver _receiver = client.CreateReceiver(options.Value.Queue);

    public string Destination => _sender.EntityPath;

    public string FullyQualifiedNamespace => _sender.FullyQualifiedNamespace;

    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
        _sender.SendMessageAsync(message.ToServiceBusMessage(), cancellationToken);

    public async Task<long> ScheduleAsync(
        OutboundMessage message,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await _sender.ScheduleMessageAsync(message.ToServiceBusMessage(), dueAt, cancellationToken);
        }
        catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageSizeExceeded)
        {
            throw new MessageTooLargeException("The message exceeds the maximum message size of the queue.", exception);
        }
    }

    public async Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        // Peeking also returns messages that are already due. A message that cannot be decoded is not ours.
        var found = await _receiver.PeekOneAsync(sequenceNumber, cancellationToken);
        if (found?.State != ServiceBusMessageState.Scheduled || !isTheOne(found.ApplicationProperties))
        {
            return false;
        }

        try
        {
            await _sender.CancelScheduledMessageAsync(sequenceNumber, cancellationToken);
            return true;
        }
        catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageNotFound)
        {
            // It has become due, or an earlier attempt cancelled it and the client did not get the response.
            return false;
        }
    }
}
