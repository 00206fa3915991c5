using System.Globalization;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Queueing;

/// <summary>The messages that the service itself puts on the queue.</summary>
public static class QueueMessages
{
    private const string Json = "application/json";

    /// <summary>A request that an HTTP caller wants done later (<c>Prefer: respond-async</c>). Two requests under one key are two messages.</summary>
    public static OutboundMessage Deferred(CancelRequest request) => Create(request, "cancel", []);

    /// <summary>
    /// A stale-order timeout. Its id is the request's, so that arming twice arms once, whatever <c>after</c> comes to by then.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="token">What whoever disarms it must know.</param>
    /// <param name="origin">
    /// The message that asked for it; null for none. The timeout keeps what its sender set, as if the sender had scheduled the timeout itself: its
    /// time to live begins when the timeout is due.
    /// </param>
    public static OutboundMessage Timeout(CancelRequest request, string token, InboundMessage? origin = null)
    {
        var timeout = Create(
            request,
            "timeout",
            [.. SendersOwn(origin), new(MessageProperties.Trigger, MessageProperties.TimeoutTrigger), new(MessageProperties.Token, token)]);
        return origin is null ? timeout : timeout with
        {
            CorrelationId = origin.CorrelationId ?? timeout.CorrelationId,
            Subject = origin.Subject,
            Routing = origin.Routing,
            TimeToLive = origin.TimeToLive < TimeSpan.MaxValue ? origin.TimeToLive : null,
        };
    }

    /// <summary>
    /// The same timeout under another id: the queue remembers the ids of messages that have fired or were taken back.
    /// </summary>
    /// <param name="timeout">The timeout.</param>
    /// <param name="sequenceNumber">The number that the queue gave it, which belongs to no message.</param>
    public static OutboundMessage Again(OutboundMessage timeout, long sequenceNumber)
        => timeout with { MessageId = Digest.Of(timeout.MessageId, sequenceNumber.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>Properties that mean nothing to this service. The body is no event any more, and the trace is written anew.</summary>
    private static IEnumerable<KeyValuePair<string, object>> SendersOwn(InboundMessage? origin)
        => origin?.Properties.Where(static property
            => !MessageProperties.IsOwn(property.Key) && !CloudEventReader.IsAttribute(property.Key) && !TraceContext.IsName(property.Key)) ?? [];

    private static OutboundMessage Create(CancelRequest request, string purpose, ReadOnlySpan<KeyValuePair<string, object>> properties) => new()
    {
        MessageId = request.Digest(purpose, request.OnlyIfUnpaid ? "only if unpaid" : ""),
        CorrelationId = request.RequestId,
        ContentType = Json,
        Body = CancelBody.Write(request),
        Properties =
        [
            .. properties,
            new(MessageProperties.RequestId, request.RequestId),
            new(MessageProperties.RequestedAt, request.RequestedAt.ToString("O", CultureInfo.InvariantCulture)),
            .. Optional(MessageProperties.Source, request.Source),
            .. Optional(MessageProperties.Caller, request.Caller),
        ],
    };

    private static ReadOnlySpan<KeyValuePair<string, object>> Optional(string name, string? value) => value is null ? [] : new KeyValuePair<string, object>[] { new(name, value) };
}
