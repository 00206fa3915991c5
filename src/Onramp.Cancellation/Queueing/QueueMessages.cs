using System.Diagnostics;
using System.Globalization;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Queueing;

/// <summary>The messages that the service itself puts on the queue.</summary>
internal static class QueueMessages
{
    private const string Json = "application/json";

    /// <summary>A request that an HTTP caller wants done later (<c>Prefer: respond-async</c>). Two requests under one key are two messages.</summary>
    public static OutboundMessage Deferred(CancelRequest request) => Create(request, "cancel", []);

    /// <summary>
    /// A stale-order timeout. Its id is the request's, so that arming twice arms once, whatever <c>after</c> comes to by then.
    /// </summary>
    public static OutboundMessage Timeout(CancelRequest request) => Create(request, "timeout", [new(MessageProperties.Trigger, MessageProperties.TimeoutTrigger)]);

    /// <summary>
    /// The same timeout under another id: the queue remembers the ids of messages that have fired or were taken back.
    /// </summary>
    /// <param name="timeout">The timeout.</param>
    /// <param name="sequenceNumber">The number that the queue gave it, which belongs to no message.</param>
    public static OutboundMessage Again(OutboundMessage timeout, long sequenceNumber)
        => timeout with { MessageId = Digest.Of(timeout.MessageId, sequenceNumber.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>
    /// The next delivery of a message: the same message with its history. Its id is this message's line and the delivery, so that the queue drops the second
    /// of two copies that a lost lock caused, and never another message about the same request.
    /// </summary>
    public static OutboundMessage Copy(MessageDelivery delivery, int attempts, ReadOnlySpan<KeyValuePair<string, object>> more)
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
            ContentType = message.ContentType ?? Json,
            Body = message.Body,
            Properties = properties,
        };
    }

    private static OutboundMessage Create(CancelRequest request, string purpose, ReadOnlySpan<KeyValuePair<string, object>> properties) => new()
    {
        MessageId = Digest.Of(purpose, request.RequestId, request.Order.Field, request.Order.Value, request.OnlyIfUnpaid ? "only if unpaid" : ""),
        CorrelationId = request.RequestId,
        ContentType = Json,
        Body = CancelBody.Write(request),
        Properties = TraceContext.AddTo(
            [
                .. properties,
                new(MessageProperties.RequestId, request.RequestId),
                new(MessageProperties.RequestedAt, request.RequestedAt.ToString("O", CultureInfo.InvariantCulture)),
            ],
            Activity.Current),
    };
}
