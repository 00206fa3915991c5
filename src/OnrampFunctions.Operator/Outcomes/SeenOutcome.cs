using System.Text.Json.Serialization;
using Onramp.Cancellation.Outcomes;

namespace OnrampFunctions.Operations.Outcomes;

/// <summary>An outcome event as its properties tell it.</summary>
internal sealed record SeenOutcome(DateTimeOffset At, string Outcome, string Trigger, string Order, string? RequestId)
{
    public static SeenOutcome Read(ServiceBusReceivedMessage message) => new(
        message.EnqueuedTime, Property(message, OutcomeProperties.Outcome), Property(message, OutcomeProperties.Trigger), Property(message, OutcomeProperties.Subject), message.CorrelationId);

    private static string Property(ServiceBusReceivedMessage message, string name) => message.ApplicationProperties.GetValueOrDefault(name) as string ?? "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeenOutcome))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
