namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>Converts the broker's messages to those of the core.</summary>
internal static class BrokerMessages
{
    /// <summary>A delivery, as the service receives it.</summary>
    public static InboundMessage ToInbound(this LockedMessage delivery) =>
        Inbound(delivery.Message, delivery.SequenceNumber, delivery.EnqueuedTime) with
        {
            DeliveryCount = delivery.DeliveryCount,
        };

    /// <summary>A message that was peeked at, as the service would receive it.</summary>
    public static InboundMessage ToInbound(this PeekedMessage peeked) =>
        Inbound(peeked.Message, peeked.SequenceNumber, peeked.EnqueuedTime);

    private static InboundMessage Inbound(BrokerMessage message, long sequenceNumber, DateTimeOffset enqueuedTime) =>
        new()
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType,
            Body = message.Body,
            Properties = message.Properties.ToDictionary(property => property.Key, property => property.Value!),
            SequenceNumber = sequenceNumber,
            EnqueuedTime = enqueuedTime,
            TimeToLive = message.TimeToLive,
        };
}
