using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Onramp.Cancellation;

/// <summary>The messages that the service itself puts on the queue.</summary>
internal static class QueueMessages
{
    private const string Json = "application/json";

    /// <summary>A request that an HTTP caller wants done later (<c>Prefer: respond-async</c>).</summary>
    public static OutboundMessage Deferred(CancelRequest request)
        => Create(request, Digest.Of("cancel", request.RequestId, request.Order.Field, request.Order.Value), []);

    /// <summary>
    /// A stale-order timeout. Its id is the order and the instant, so that arming twice arms once, and the request id, so that a caller who
    /// took a timeout back can arm the same instant again under another idempotency key: the queue remembers ids of messages that are gone.
    /// </summary>
    public static OutboundMessage Timeout(CancelRequest request, DateTimeOffset dueAt)
        => Create(request, Digest.Of(TimeoutId(request.Order, dueAt), request.RequestId), [new(MessageProperties.Trigger, MessageProperties.TimeoutTrigger)]);

    /// <summary>The request id of a timeout whose caller gave none: the order and the instant.</summary>
    public static string TimeoutId(OrderReference order, DateTimeOffset dueAt)
        => Digest.Of("timeout", order.Field, order.Value, dueAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The next delivery of a message whose cancel failed: the same message with its history. Its id is the request and the delivery, so
    /// that the queue drops the second of two copies that a lost lock caused.
    /// </summary>
    public static OutboundMessage Retry(InboundMessage message, CancelRequest request, int nextAttempt, int tries)
        => new()
        {
            MessageId = Digest.Of("retry", request.RequestId, request.Order.Field, request.Order.Value, nextAttempt.ToString(CultureInfo.InvariantCulture)),
            CorrelationId = message.CorrelationId,
            ContentType = message.ContentType ?? Json,
            Body = message.Body,
            Properties = new Dictionary<string, object>(message.Properties)
            {
                [MessageProperties.RequestId] = request.RequestId,
                [MessageProperties.Attempt] = nextAttempt,
                [MessageProperties.Tries] = tries,
                [MessageProperties.FirstSeen] = request.RequestedAt.ToString("O", CultureInfo.InvariantCulture),
            },
        };

    private static OutboundMessage Create(CancelRequest request, string messageId, ReadOnlySpan<KeyValuePair<string, object>> properties) => new()
    {
        MessageId = messageId,
        CorrelationId = request.RequestId,
        ContentType = Json,
        Body = JsonSerializer.SerializeToUtf8Bytes(
            new RequestBody { OrderId = request.Order.OrderId, Hash = request.Order.Hash, Reason = request.Reason, OnlyIfUnpaid = request.OnlyIfUnpaid },
            QueueJson.Default.RequestBody),
        Properties = TraceContext.AddTo([.. properties, new(MessageProperties.RequestId, request.RequestId)], Activity.Current),
    };
}

/// <summary>The body of a cancel request.</summary>
internal sealed record RequestBody
{
    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public string? Reason { get; init; }

    public required bool OnlyIfUnpaid { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestBody))]
internal sealed partial class QueueJson : JsonSerializerContext;
