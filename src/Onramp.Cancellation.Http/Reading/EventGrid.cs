using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// What Azure Event Grid sends beside events, told by its header (learn.microsoft.com/azure/event-grid/receive-events,
/// message headers). It repeats for a day what is answered by anything but 200 to 204, 400, 401, 403 and 413
/// (learn.microsoft.com/azure/event-grid/delivery-and-retry).
/// </summary>
internal static class EventGrid
{
    private const string EventType = "aeg-event-type";

    /// <summary>Whether Event Grid has sent it.</summary>
    public static bool Sent(HttpRequest request) => request.Headers.ContainsKey(EventType);

    /// <summary>The answer to what is no event; null for an event.</summary>
    public static IResult? Answer(HttpRequest request) =>
        request.Headers[EventType].ToString().ToUpperInvariant() switch
        {
            "SUBSCRIPTIONDELETION" => TypedResults.Ok(),
            "SUBSCRIPTIONVALIDATION" => OtherSchema(),
            _ => null,
        };

    /// <summary>The answer to an event in another of its schemas.</summary>
    public static IResult OtherSchema() =>
        Problems.InvalidEvent(
            "This address takes CloudEvents: choose CloudEvents 1.0 as the delivery schema of the event subscription."
        );
}
