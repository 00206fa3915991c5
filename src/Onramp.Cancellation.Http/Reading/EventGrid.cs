using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Answers what Azure Event Grid sends besides events, by its header
/// (learn.microsoft.com/azure/event-grid/receive-events, message headers). Event Grid retries for a day unless the
/// status is 200 to 204, 400, 401, 403 or 413 (learn.microsoft.com/azure/event-grid/delivery-and-retry).
/// </summary>
internal static class EventGrid
{
    private const string EventType = "aeg-event-type";

    /// <summary>Whether Event Grid sent the request.</summary>
    public static bool Sent(HttpRequest request) => request.Headers.ContainsKey(EventType);

    /// <summary>The response to a message that is not an event; null for an event.</summary>
    public static IResult? Answer(HttpRequest request) =>
        request.Headers[EventType].ToString().ToUpperInvariant() switch
        {
            "SUBSCRIPTIONDELETION" => TypedResults.Ok(),
            "SUBSCRIPTIONVALIDATION" => OtherSchema(),
            _ => null,
        };

    /// <summary>The response to an event in another schema.</summary>
    public static IResult OtherSchema() =>
        Problems.InvalidEvent(
            "Only CloudEvents are accepted. Choose CloudEvents 1.0 as the delivery schema of the event subscription."
        );
}
