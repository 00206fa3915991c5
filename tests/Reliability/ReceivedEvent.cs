using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>An outcome event as a subscriber receives it.</summary>
public sealed record ReceivedEvent(
    string Outcome,
    int? OrderStatus = null,
    string? ReasonCode = null,
    string? RequestId = null,
    string? Trigger = null,
    string? Reason = null
)
{
    /// <summary>The name of the caller, or null.</summary>
    public string? Caller { get; init; }

    /// <summary>Whether the properties for subscription filters agree with the data.</summary>
    public bool IsConsistent { get; init; } = true;

    /// <summary>Reads an event and its order.</summary>
    public static (string Reference, ReceivedEvent Event) Read(ServiceBusReceivedMessage message)
    {
        using var document = JsonDocument.Parse(message.Body);
        var data = document.RootElement;
        var reference = Text(data, "hash") ?? Text(data, "orderId")!;
        var outcome = Text(data, "outcome")!;
        var read = new ReceivedEvent(
            outcome,
            data.TryGetProperty("orderStatus", out var status) ? status.GetInt32() : null,
            Text(data, "reasonCode"),
            Text(data, "requestId"),
            Text(data, "trigger"),
            Text(data, "reason")
        );
        return (
            reference,
            read with
            {
                Caller = Text(data, "caller"),
                IsConsistent =
                    Is("cloudEvents_id", message.MessageId)
                    && Is("cloudEvents_subject", reference)
                    && Is("outcome", outcome)
                    && Is("trigger", read.Trigger)
                    && Is(
                        "cloudEvents_type",
                        outcome == "cancelled" ? "onramp.order.cancelled" : "onramp.order.cancel-failed"
                    )
                    && message.CorrelationId == read.RequestId,
            }
        );

        bool Is(string name, string? value) => message.ApplicationProperties.GetValueOrDefault(name) as string == value;
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) ? value.GetString() : null;
}
