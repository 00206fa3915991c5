using Azure.Messaging.ServiceBus;
using Onramp.Cancellation;

namespace OnrampFunctions.ServiceBus;

/// <summary>Carries every field of a message over to the SDK's type.</summary>
internal static class MessageTranslation
{
    public static ServiceBusMessage ToServiceBusMessage(this OutboundMessage message)
    {
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
}
