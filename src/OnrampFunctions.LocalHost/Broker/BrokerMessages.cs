namespace OnrampFunctions.Local;

/// <summary>Translates between the service's messages and the broker's.</summary>
internal static class BrokerMessages
{
    public static BrokerMessage Of(OutboundMessage message) => new()
    {
        MessageId = message.MessageId,
        CorrelationId = message.CorrelationId,
        ContentType = message.ContentType,
        Subject = message.Subject,
        Body = message.Body,
        Properties = message.Properties,
    };

    public static InboundMessage ToInbound(LockedMessage locked) => new()
    {
        MessageId = locked.Message.MessageId,
        CorrelationId = locked.Message.CorrelationId,
        Subject = locked.Message.Subject,
        ContentType = locked.Message.ContentType,
        Body = locked.Message.Body,
        Properties = locked.Message.Properties.ToDictionary(),
        SequenceNumber = locked.SequenceNumber,
        EnqueuedTime = locked.EnqueuedTime,
    };
}
