using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Translates AMQP delivery outcomes into settlements.</summary>
internal static class Settlement
{
    /// <summary>Settles a delivery; returns false when its lock was lost.</summary>
    public static bool Settle(MessageQueue queue, LockedMessage message, DeliveryState outcome) =>
        outcome switch
        {
            Accepted => queue.TryComplete(message),
            Released => queue.TryRelease(message),
            Modified { UndeliverableHere: true } modified => queue.TryDefer(
                message,
                Properties(modified.MessageAnnotations)
            ),
            Modified modified => queue.TryAbandon(message, Properties(modified.MessageAnnotations)),
            Rejected rejected => DeadLetter(queue, message, rejected.Error),
            _ => throw AmqpErrors.NoTransactions(),
        };

    private static bool DeadLetter(MessageQueue queue, LockedMessage message, Error? error)
    {
        var properties = Properties(error?.Info);
        properties.Remove(BrokerMessage.DeadLetterReasonName, out var reason);
        properties.Remove(BrokerMessage.DeadLetterErrorDescriptionName, out var description);

        // Clients that do not know Service Bus give the reason in the error itself.
        var condition = error?.Condition.Value;
        return queue.TryDeadLetter(
            message,
            reason as string ?? (condition == AmqpErrors.DeadLetter.Value ? null : condition),
            description as string ?? error?.Description,
            properties
        );
    }

    private static Dictionary<string, object?> Properties(Fields? fields) =>
        fields is null ? [] : PropertyValues.Read(fields);
}
