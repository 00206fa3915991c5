using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>The queue of cancel requests, from the sending side.</summary>
internal sealed class CancelQueue(ServiceBusClient client, IOptions<ServiceBusOptions> options, TimeProvider time)
    : ICancelQueue
{
    // More than the broker's clock and ours differ by.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(1);

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
            throw new MessageTooLargeException("The message is larger than the queue takes.", exception);
        }
    }

    public async Task<ScheduledCancel?> FindScheduledAsync(
        string messageId,
        long sequenceNumber,
        CancellationToken cancellationToken
    )
    {
        // From the number backwards in growing steps: a duplicate was scheduled not long before, and numbers only grow.
        var end = sequenceNumber;
        for (var step = (long)Peeking.PageSize; end >= 0; step *= 4)
        {
            var start = Math.Max(0, sequenceNumber - step + 1);
            for (var next = start; next <= end; )
            {
                var page = await _receiver.PeekPageAsync(next, cancellationToken);
                if (
                    page.Messages.FirstOrDefault(message =>
                        message.MessageId == messageId && message.State == ServiceBusMessageState.Scheduled
                    ) is
                    { } found
                )
                {
                    return new ScheduledCancel(
                        found.SequenceNumber,
                        found.ScheduledEnqueueTime,
                        found.ApplicationProperties
                    );
                }

                next = page.Next ?? end + 1;
            }

            end = start - 1;
        }

        return null;
    }

    public async Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        // Peeking finds the first message from that number on, and finds due ones too. A message that cannot be read is
        // not one of ours.
        var found = await _receiver.PeekOneAsync(sequenceNumber, cancellationToken);
        if (
            found is null
            || found.SequenceNumber != sequenceNumber
            || found.State != ServiceBusMessageState.Scheduled
            || !isTheOne(found.ApplicationProperties)
        )
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
            // Either it became due in between; or, if it is not due by far, an earlier try has taken it back, whose
            // answer the client did not get.
            return found.ScheduledEnqueueTime - time.GetUtcNow() > ClockDifference;
        }
    }
}
