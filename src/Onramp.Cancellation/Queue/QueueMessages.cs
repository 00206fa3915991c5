using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// The messages that the service itself sends to the queue. Their ids are keyed digests: a sender that could predict
/// one could make duplicate detection drop the message.
/// </summary>
internal sealed class QueueMessages(MessageAuthenticity authenticity)
{
    private const string Json = "application/json";

    /// <summary>
    /// A request that an HTTP caller deferred (<c>Prefer: respond-async</c>). The same request has the same id.
    /// </summary>
    public OutboundMessage Deferred(CancelRequest request) => Create(request, "cancel", token: null, []);

    /// <summary>
    /// A stale-order timeout. Its id is that of the request, so arming it twice arms it once, even if <c>after</c>
    /// means another instant by then.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="token">The token that disarms it.</param>
    /// <param name="origin">The message that asked for it; null for none. The timeout keeps that sender's properties,
    /// as if the sender had scheduled the timeout itself. Its time to live begins when the timeout is due.</param>
    public OutboundMessage Timeout(CancelRequest request, string token, InboundMessage? origin = null)
    {
        var timeout = Create(
            request,
            "timeout",
            token,
            [.. SendersOwn(origin), new(MessageProperties.Trigger, MessageProperties.TimeoutTrigger)]
        );
        return origin is null
            ? timeout
            : timeout with
            {
                CorrelationId = origin.CorrelationId ?? timeout.CorrelationId,
                Subject = origin.Subject,
                Routing = origin.Routing,
                TimeToLive = origin.TimeToLive < TimeSpan.MaxValue ? origin.TimeToLive : null,
            };
    }

    /// <summary>
    /// The same timeout with another id, because the queue remembers the ids of timeouts that have fired or were
    /// disarmed.
    /// </summary>
    /// <param name="timeout">The timeout.</param>
    /// <param name="sequenceNumber">The number that the queue returned, which belongs to no message.</param>
    public OutboundMessage Again(OutboundMessage timeout, long sequenceNumber) =>
        timeout with
        {
            MessageId = authenticity.Digest("again", timeout.MessageId, $"{sequenceNumber}"),
        };

    /// <summary>
    /// A sender's properties without those of the event and the trace: the body is no longer an event, and the trace is
    /// written again.
    /// </summary>
    private static IEnumerable<KeyValuePair<string, object>> SendersOwn(InboundMessage? origin) =>
        origin?.Properties.Where(static property =>
            property.Key != MessageProperties.Trigger
            && !MessageProperties.IsReserved(property.Key)
            && !CloudEventReader.IsAttribute(property.Key)
            && !TraceContext.IsName(property.Key)
        )
        ?? [];

    private OutboundMessage Create(
        CancelRequest request,
        string purpose,
        string? token,
        KeyValuePair<string, object>[] properties
    )
    {
        var body = CancelBody.Write(request);
        return new OutboundMessage
        {
            MessageId = authenticity.Digest(
                purpose,
                request.Digest(purpose, request.OnlyIfUnpaid ? "only if unpaid" : "")
            ),
            CorrelationId = request.RequestId,
            ContentType = Json,
            Body = body,
            Properties =
            [
                .. properties,
                .. authenticity.Write(MessageIdentity.Of(request, token), properties.Length > 0, body.Span),
            ],
        };
    }
}
