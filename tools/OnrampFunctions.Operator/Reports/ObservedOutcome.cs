using System.Text.Json.Serialization;

namespace OnrampFunctions.Operator.Reports;

/// <summary>An outcome event, as <c>outcomes watch</c> shows it.</summary>
/// <param name="At">When the topic received it.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Trigger">What requested the cancel.</param>
/// <param name="Order">The order as the request named it: by its id or by its hash.</param>
/// <param name="OrderId">The order's id, from the event's data; null when it is not known.</param>
/// <param name="RequestId">The request.</param>
internal sealed record ObservedOutcome(
    DateTimeOffset At,
    string Outcome,
    string Trigger,
    string Order,
    string? OrderId,
    string? RequestId
)
{
    /// <summary>The order for people: a hash is followed by the order's id, if that is known.</summary>
    [JsonIgnore]
    public string OrderText => OrderId is null || OrderId == Order ? Order : $"{Order} (order {OrderId})";
}
