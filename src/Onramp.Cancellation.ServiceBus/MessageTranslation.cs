using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.ServiceBus;
using Onramp.Cancellation.Messaging;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Carries every field of a message over to the SDK's type, and back.</summary>
public static class MessageTranslation
{
    /// <summary>The message as the SDK sends it.</summary>
    public static ServiceBusMessage ToServiceBusMessage(this OutboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var translated = new ServiceBusMessage(message.Body)
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType,
        };
        foreach (var (name, value) in message.Properties)
        {
            translated.ApplicationProperties[name] = value;
        }

        return translated;
    }

    /// <summary>False when the message has no body of bytes: the SDK refuses to read what some other AMQP library sent as a value or a sequence.</summary>
    public static bool TryToInbound(this ServiceBusReceivedMessage message, [NotNullWhen(true)] out InboundMessage? inbound)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            inbound = new InboundMessage
            {
                MessageId = message.MessageId,
                CorrelationId = message.CorrelationId,
                Subject = message.Subject,
                ContentType = message.ContentType,
                Body = message.Body.ToMemory(),
                Properties = message.ApplicationProperties,
                DeliveryCount = message.DeliveryCount,
                SequenceNumber = message.SequenceNumber,
                EnqueuedTime = message.EnqueuedTime,
            };
            return true;
        }
        catch (NotSupportedException)
        {
            inbound = null;
            return false;
        }
    }
}
