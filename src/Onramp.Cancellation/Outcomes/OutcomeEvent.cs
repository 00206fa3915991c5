using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// The outcome of one request as a CloudEvent in AMQP binary mode (CloudEvents 1.0, AMQP binding 3.1): attributes are application properties, the
/// data is the body.
/// </summary>
internal static class OutcomeEvent
{
    private const string Json = "application/json";

    public static OutboundMessage Create(CancelRequest request, CancelOutcome outcome, string source)
    {
        var row = outcome.Kind.Row();
        var id = Digest.Of(request.Source ?? "", request.RequestId, request.Order.Field, request.Order.Value, row.Name);
        KeyValuePair<string, object>[] properties =
        [
            new("cloudEvents_specversion", "1.0"),
            new("cloudEvents_id", id),
            new("cloudEvents_source", source),
            new("cloudEvents_type", row.EventType),
            new("cloudEvents_subject", request.Order.Value),
            new("cloudEvents_time", outcome.CompletedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            new("outcome", row.Name),
            new("trigger", request.Trigger.Name()),
        ];

        return new OutboundMessage
        {
            MessageId = id,
            CorrelationId = request.RequestId,
            ContentType = Json,
            Body = JsonSerializer.SerializeToUtf8Bytes(
                new OutcomeData
                {
                    RequestId = request.RequestId,
                    OrderId = request.Order.OrderId,
                    Hash = request.Order.Hash,
                    Outcome = row.Name,
                    ReasonCode = row.ReasonCode,
                    OrderStatus = (int?)outcome.OrderStatus,
                    Attempts = outcome.Attempts,
                    Trigger = request.Trigger.Name(),
                    Reason = request.Reason,
                    Detail = outcome.Detail,
                    RequestedAt = request.RequestedAt,
                    CompletedAt = outcome.CompletedAt,
                },
                OutcomeJson.Default.OutcomeData),
            Properties = TraceContext.AddTo(properties, Activity.Current),
        };
    }
}

/// <summary>The data of an outcome event.</summary>
internal readonly record struct OutcomeData
{
    public required string RequestId { get; init; }

    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string Outcome { get; init; }

    public string? ReasonCode { get; init; }

    public int? OrderStatus { get; init; }

    public required int Attempts { get; init; }

    public required string Trigger { get; init; }

    /// <summary>The caller's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Onramp's own words, or what went wrong.</summary>
    public string? Detail { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutcomeData))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
