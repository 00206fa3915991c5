using Azure.Messaging.ServiceBus;
using Onramp.Cancellation.Deliveries;
using Onramp.Cancellation.Messaging;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Dead letters in the SDK's types.</summary>
public static class DeadLetterMessages
{
    private const string ScheduledTime = "x-opt-scheduled-enqueue-time";

    /// <summary>The dead letter as the core sees it; one whose body is not bytes has none.</summary>
    public static InboundMessage ToDeadLetter(this ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.TryToInbound(out var inbound) ? inbound : new InboundMessage
        {
            MessageId = message.MessageId,
            Body = default,
            Properties = message.ApplicationProperties,
            SequenceNumber = message.SequenceNumber,
            EnqueuedTime = message.EnqueuedTime,
        };
    }

    /// <summary>The message that goes back to the queue: everything that the sender set, whatever the body is made of, under the id and the properties that the core says.</summary>
    public static ServiceBusMessage ToReplay(this ServiceBusReceivedMessage message)
    {
        var deadLetter = message.ToDeadLetter();
        ServiceBusMessage replay = new(message) { MessageId = DeadLetterReplay.MessageId(deadLetter) };
        replay.GetRawAmqpMessage().MessageAnnotations.Remove(ScheduledTime);
        replay.ApplicationProperties.Clear();
        foreach (var (name, value) in DeadLetterReplay.Properties(deadLetter))
        {
            replay.ApplicationProperties[name] = value;
        }

        return replay;
    }
}
