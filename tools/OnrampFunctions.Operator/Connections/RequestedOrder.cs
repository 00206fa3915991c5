using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Which order a message of the queue is about.</summary>
internal static class RequestedOrder
{
    /// <summary>The order, as the service itself reads it; null where it could not.</summary>
    public static OrderReference? Of(InboundMessage message) =>
        CancelBody.Parse(CloudEventReader.Read(message).Body.Span, BodyTiming.Optional).Fields?.Order;
}
