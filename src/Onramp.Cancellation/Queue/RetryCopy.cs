using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Queue;

/// <summary>Writes what a message carries to its next delivery: on a retry copy, or on the message itself.</summary>
internal sealed class RetryCopy(MessageAuthenticity authenticity)
{
    /// <summary>
    /// The message of the next delivery: the same message with its history. Its id is a keyed digest of the line and
    /// of the number of copies before it. Two copies that a lost lock caused have the same id, so the queue drops one,
    /// even if one of the two deliveries only waits; no other message has it.
    /// </summary>
    /// <param name="message">The message with the history of all deliveries until now.</param>
    /// <param name="timeToLive">How long the copy may wait once it is due; null for as long as the queue keeps
    /// messages.</param>
    public OutboundMessage Of(CancelMessage message, TimeSpan? timeToLive)
    {
        var received = message.Received;
        var id = authenticity.Digest("copy", message.Line, $"{message.Delivery + message.Waits}");
        var properties = received
            .Properties.Where(static property => !MessageProperties.IsReserved(property.Key))
            .ToDictionary();
        foreach (var (name, value) in authenticity.Write(message, id))
        {
            properties[name] = value;
        }

        return new OutboundMessage
        {
            MessageId = id,
            CorrelationId = received.CorrelationId,
            Subject = received.Subject,
            ContentType = received.ContentType ?? "application/json",
            Routing = received.Routing,
            TimeToLive = timeToLive,
            Body = received.Body,
            Properties = properties,
        };
    }

    /// <summary>The properties to set on a message that is abandoned with a history.</summary>
    public IReadOnlyDictionary<string, object> OnAbandon(CancelMessage message) =>
        Overwriting(message.Received, authenticity.Write(message, message.Received.MessageId));

    /// <summary>
    /// The properties to set on a dead letter: its identity, so that every tool can replay it as the same request, and
    /// no history. Null when the message has no identity.
    /// </summary>
    public IReadOnlyDictionary<string, object>? OnDeadLetter(CancelMessage message) =>
        message.Identity is { } identity
            ? Overwriting(
                message.Received,
                [
                    .. authenticity.Write(identity, message.IsTimeout, message.Received.Body.Span),
                    new(MessageProperties.HistoryMac, ""),
                ]
            )
            : null;

    /// <summary>
    /// Settling a message can set properties but not remove them: a sender's that would contradict ours become empty.
    /// </summary>
    private static Dictionary<string, object> Overwriting(
        InboundMessage received,
        KeyValuePair<string, object>[] properties
    )
    {
        Dictionary<string, object> all = new(properties);
        foreach (var name in MessageProperties.Identity.Where(received.Properties.ContainsKey))
        {
            all.TryAdd(name, "");
        }

        return all;
    }
}
