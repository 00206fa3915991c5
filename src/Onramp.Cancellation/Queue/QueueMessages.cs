using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

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
    public OutboundMessage Deferred(CancelRequest request)
    {
        const string purpose = "cancel";
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
            Properties = authenticity.Write(MessageIdentity.Of(request), isTimeout: false, body.Span),
        };
    }

    /// <summary>The alarm of a timeout.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="reason">The caller's reason; null for none.</param>
    /// <param name="copy">Which alarm of this version it is; 0 is the first.</param>
    /// <param name="origin">The message that asked for the timeout; null for none. The alarm keeps that sender's
    /// properties. Its time to live begins when the alarm is due.</param>
    public OutboundMessage Alarm(TimeoutAlarm alarm, string? reason, int copy, InboundMessage? origin)
    {
        var body = CancelBody.Write(
            new CancelRequest
            {
                RequestId = alarm.Version,
                Order = alarm.Order,
                Reason = reason,
                OnlyIfUnpaid = true,
                Trigger = CancelTrigger.Timeout,
                RequestedAt = alarm.ArmedAt,
            }
        );
        MessageIdentity identity = new(alarm.Version, Source: null, alarm.Caller, alarm.ArmedAt, alarm.Version);
        return new OutboundMessage
        {
            MessageId = authenticity.Digest("alarm", alarm.Version, $"{copy}"),
            CorrelationId = origin?.CorrelationId ?? alarm.Version,
            Subject = origin?.Subject,
            ContentType = Json,
            Routing = origin?.Routing ?? new MessageRouting(),
            TimeToLive = origin?.TimeToLive < TimeSpan.MaxValue ? origin.TimeToLive : null,
            Body = body,
            Properties =
            [
                .. SendersOwn(origin),
                new(MessageProperties.Trigger, MessageProperties.TimeoutTrigger),
                .. authenticity.Write(identity, isTimeout: true, body.Span),
            ],
        };
    }

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
}
