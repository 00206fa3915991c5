using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Outcomes;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>An outcome event as its properties tell it.</summary>
/// <param name="At">When the topic took it.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Trigger">What asked.</param>
/// <param name="Order">The order as the request named it: its id or its hash.</param>
/// <param name="OrderId">The order's id, from the event's data; null when it is not known.</param>
/// <param name="RequestId">The request.</param>
internal sealed record SeenOutcome(
    DateTimeOffset At,
    string Outcome,
    string Trigger,
    string Order,
    string? OrderId,
    string? RequestId
)
{
    /// <summary>The order for people: a hash is followed by the id that belongs to it.</summary>
    [JsonIgnore]
    public string OrderText => OrderId is null || OrderId == Order ? Order : $"{Order} (order {OrderId})";

    public static SeenOutcome Read(ServiceBusReceivedMessage message) =>
        new(
            message.EnqueuedTime,
            Property(message, OutcomeProperties.Outcome),
            Property(message, OutcomeProperties.Trigger),
            Property(message, OutcomeProperties.Subject),
            OrderIdOf(message.ToInbound().Body),
            message.CorrelationId
        );

    /// <summary>The id in an event's data; null when the data is not that of an outcome.</summary>
    private static string? OrderIdOf(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("orderId", out var id)
                && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Property(ServiceBusReceivedMessage message, string name) =>
        message.ApplicationProperties.GetValueOrDefault(name) as string ?? "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SeenOutcome))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
