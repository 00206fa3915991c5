using System.Globalization;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Queueing;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Deliveries;

/// <summary>A message's next delivery by the schedule.</summary>
internal static class RetryCopy
{
    /// <summary>
    /// The next delivery of a message: the same message with its history. Its id is this message's line and the delivery, so that the queue drops the second
    /// of two copies that a lost lock caused, and never another message about the same request.
    /// </summary>
    /// <param name="delivery">This delivery.</param>
    /// <param name="attempts">Attempts at the provider so far.</param>
    /// <param name="timeToLive">How long the copy may wait once it is due; null for as long as the queue keeps messages.</param>
    /// <param name="more">Properties that the copy has beside the message's own.</param>
    public static OutboundMessage Of(MessageDelivery delivery, int attempts, TimeSpan? timeToLive, ReadOnlySpan<KeyValuePair<string, object>> more)
    {
        var (message, read, _) = delivery;
        var next = read.Delivery + 1;
        var properties = new Dictionary<string, object>(message.Properties)
        {
            [MessageProperties.RequestId] = delivery.Request.RequestId,
            [MessageProperties.RequestedAt] = delivery.Request.RequestedAt.ToString("O", CultureInfo.InvariantCulture),
            [MessageProperties.Delivery] = next,
            [MessageProperties.Attempts] = attempts,
            [MessageProperties.Line] = read.Line,
        };
        if (message.ExpiresAt is not null)
        {
            properties.TryAdd(MessageProperties.TimeToLive, (long)message.TimeToLive.TotalMilliseconds);
        }

        foreach (var (name, value) in more)
        {
            properties[name] = value;
        }

        // The copy is no dead letter any more, should this message have been one.
        properties.Remove(MessageProperties.DeadLetterReason);
        properties.Remove(MessageProperties.DeadLetterErrorDescription);
        return new OutboundMessage
        {
            MessageId = Digest.Of("copy", read.Line, next.ToString(CultureInfo.InvariantCulture)),
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType ?? "application/json",
            Routing = message.Routing,
            TimeToLive = timeToLive,
            Body = message.Body,
            Properties = properties,
        };
    }
}
