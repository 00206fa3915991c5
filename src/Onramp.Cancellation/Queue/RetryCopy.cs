using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Writes what a message carries beyond this delivery: a retry copy, or properties on the message itself.
/// </summary>
internal sealed class RetryCopy(MessageAuthenticity authenticity)
{
    /// <summary>
    /// The message of the next delivery: the same message with its history. Its id is a keyed digest of the line and
    /// the delivery. Two copies that a lost lock caused have the same id, so the queue drops one; no other message has
    /// it.
    /// </summary>
    /// <param name="delivery">This delivery.</param>
    /// <param name="history">What the deliveries until now have left behind.</param>
    /// <param name="timeToLive">How long the copy may wait once it is due; null for as long as the queue keeps
    /// messages.</param>
    public OutboundMessage Of(MessageDelivery delivery, MessageHistory history, TimeSpan? timeToLive)
    {
        var message = delivery.Message;
        var id = authenticity.Digest("copy", history.Line, $"{history.Delivery}");
        var properties = message.Properties.Where(static property => !IsOurs(property.Key)).ToDictionary();
        foreach (var (name, value) in Properties(delivery, history, id))
        {
            properties[name] = value;
        }

        return new OutboundMessage
        {
            MessageId = id,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType ?? "application/json",
            Routing = message.Routing,
            TimeToLive = timeToLive,
            Body = message.Body,
            Properties = properties,
        };
    }

    /// <summary>The properties to set on a message that goes back to the queue with a history.</summary>
    public IReadOnlyDictionary<string, object> OnAbandon(MessageDelivery delivery, MessageHistory history) =>
        Overwriting(delivery.Message, Properties(delivery, history, delivery.Message.MessageId));

    /// <summary>
    /// The properties to set on a dead letter: its identity, so that every tool can put it back as the same request,
    /// and no history.
    /// </summary>
    public IReadOnlyDictionary<string, object> OnDeadLetter(
        InboundMessage message,
        MessageIdentity identity,
        bool isTimeout
    ) =>
        Overwriting(
            message,
            [.. authenticity.Write(identity, isTimeout, message.Body.Span), new(MessageProperties.HistoryMac, "")]
        );

    private KeyValuePair<string, object>[] Properties(
        MessageDelivery delivery,
        MessageHistory history,
        string? messageId
    )
    {
        var identity = authenticity.Write(delivery.Read.Identity!, delivery.Read.IsTimeout, delivery.Message.Body.Span);
        var mac = (string)identity.Single(static property => property.Key == MessageProperties.IdentityMac).Value;
        return [.. identity, .. authenticity.Write(history, mac, messageId)];
    }

    /// <summary>
    /// Settling a message can set properties and remove none: those of a sender that would contradict ours become
    /// empty.
    /// </summary>
    private static Dictionary<string, object> Overwriting(
        InboundMessage message,
        KeyValuePair<string, object>[] properties
    )
    {
        Dictionary<string, object> all = new(properties);
        foreach (var name in MessageProperties.Identity.Where(message.Properties.ContainsKey))
        {
            all.TryAdd(name, "");
        }

        return all;
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(MessageProperties.Prefix, StringComparison.Ordinal)
        || name is MessageProperties.DeadLetterReason or MessageProperties.DeadLetterErrorDescription;
}
