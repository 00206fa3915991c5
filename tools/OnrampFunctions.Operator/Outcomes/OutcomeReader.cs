using System.Text.Json;
using Onramp.Cancellation.Outcomes;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>Reads outcome events.</summary>
internal static class OutcomeReader
{
    public static ObservedOutcome Read(ServiceBusReceivedMessage message) =>
        new(
            message.EnqueuedTime,
            Property(message, OutcomeProperties.Outcome),
            Property(message, OutcomeProperties.Trigger),
            Property(message, OutcomeProperties.Subject),
            OrderIdOf(message.ToInbound().Body),
            message.CorrelationId
        );

    /// <summary>The order id in an event's data; null when the data is not that of an outcome.</summary>
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
