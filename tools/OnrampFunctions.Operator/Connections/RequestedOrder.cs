using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Reads the order from a message of the queue.</summary>
internal static class RequestedOrder
{
    /// <summary>Returns the order as the service reads it; null if the body is not valid.</summary>
    public static OrderReference? Of(InboundMessage message) =>
        CancelBody.Parse(CloudEventReader.Read(message).Body.Span, BodyKind.Message).Fields?.Order;
}
