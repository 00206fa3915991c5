using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.ServiceBus;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Replays dead letters, in the SDK's types.</summary>
public static class DeadLetterMessages
{
    private const string ScheduledTime = "x-opt-scheduled-enqueue-time";

    /// <summary>
    /// Creates the message that goes back to the queue: everything that the sender set, with any kind of body, but with
    /// the id and the application properties from the core.
    /// </summary>
    /// <returns>
    /// False if the .NET client cannot send it, because an application property is a list, an array or another complex
    /// value.
    /// </returns>
    public static bool TryToReplay(
        this ServiceBusReceivedMessage message,
        [NotNullWhen(true)] out ServiceBusMessage? replay
    )
    {
        ArgumentNullException.ThrowIfNull(message);
        replay = null;
        if (!message.ApplicationProperties.Values.All(PropertyValue.IsSimple))
        {
            return false;
        }

        var deadLetter = message.ToInbound();
        replay = new ServiceBusMessage(message)
        {
            MessageId = DeadLetterReplay.MessageId(deadLetter),
            TimeToLive = DeadLetterReplay.TimeToLive(deadLetter),
        };
        var amqp = replay.GetRawAmqpMessage();
        amqp.MessageAnnotations.Remove(ScheduledTime);
        RemoveUnsendable(amqp.MessageAnnotations);
        RemoveUnsendable(amqp.DeliveryAnnotations);
        RemoveUnsendable(amqp.Footer);
        replay.ApplicationProperties.Clear();
        foreach (var (name, value) in DeadLetterReplay.Properties(deadLetter))
        {
            replay.ApplicationProperties[name] = value;
        }

        return true;
    }

    /// <summary>AMQP allows annotations of every type, the client only simple ones.</summary>
    private static void RemoveUnsendable(IDictionary<string, object?> section)
    {
        foreach (
            var name in section
                .Where(static entry => !PropertyValue.IsSimple(entry.Value))
                .Select(static entry => entry.Key)
                .ToList()
        )
        {
            section.Remove(name);
        }
    }
}
