using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// The outcome of a request as a CloudEvent in AMQP binary mode (CloudEvents 1.0, AMQP binding 3.1): attributes are
/// application properties, the data is the body.
/// </summary>
internal static class OutcomeEvent
{
    private const string Json = "application/json";

    public static OutboundMessage Create(CancelRequest request, CancelOutcome outcome, string source, OutcomeSeal seal)
    {
        var row = outcome.Kind.Row();
        var schedule = row.IsRetryable ? request.RetryingSince?.UtcTicks.ToString(CultureInfo.InvariantCulture) : null;
        var id = schedule is null
            ? request.Digest("outcome", row.Name)
            : request.Digest("outcome", $"{row.Name} {schedule}");
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new OutcomeData
            {
                RequestId = request.RequestId,
                OrderId = outcome.OrderIdFor(request.Order),
                Hash = request.Order.Hash,
                Outcome = row.Name,
                ReasonCode = row.ReasonCode,
                OrderStatus = (int?)outcome.OrderStatus,
                Attempts = outcome.Attempts,
                Trigger = request.Trigger.Name(),
                Caller = request.Caller,
                Reason = request.Reason,
                Detail = outcome.Detail,
                RequestedAt = request.RequestedAt,
                CompletedAt = outcome.CompletedAt,
            },
            OutcomeJson.Default.OutcomeData
        );
        var (record, fingerprint) = (request.RecordId, request.Fingerprint);
        KeyValuePair<string, object>[] properties =
        [
            new(OutcomeProperties.SpecVersion, "1.0"),
            new(OutcomeProperties.Id, id),
            new(OutcomeProperties.Source, source),
            new(OutcomeProperties.Type, row.EventType),
            new(OutcomeProperties.Subject, request.Order.Value),
            new(
                OutcomeProperties.Time,
                outcome.CompletedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
            ),
            new(OutcomeProperties.Outcome, row.Name),
            new(OutcomeProperties.Trigger, request.Trigger.Name()),
            new(OutcomeProperties.Record, record),
            new(OutcomeProperties.Fingerprint, fingerprint),
            new(OutcomeProperties.Mac, seal.Sign(id, record, fingerprint, body)),
        ];

        return new OutboundMessage
        {
            MessageId = id,
            CorrelationId = request.RequestId,
            ContentType = Json,
            Body = body,
            Properties = TraceContext.AddTo(properties, Activity.Current),
        };
    }

    /// <summary>Reads the data of an event; returns null if it is not that of an outcome event.</summary>
    public static OutcomeData? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, OutcomeJson.Default.OutcomeData);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The data of an outcome event.</summary>
internal readonly record struct OutcomeData
{
    public required string RequestId { get; init; }

    /// <summary>The order's id, from the request or from Onramp; absent when neither has it.</summary>
    public string? OrderId { get; init; }

    public string? Hash { get; init; }

    public required string Outcome { get; init; }

    public string? ReasonCode { get; init; }

    public int? OrderStatus { get; init; }

    public required int Attempts { get; init; }

    public required string Trigger { get; init; }

    /// <summary>The caller's name; absent for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>The caller's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Onramp's own words, or what went wrong.</summary>
    public string? Detail { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(OutcomeData))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
