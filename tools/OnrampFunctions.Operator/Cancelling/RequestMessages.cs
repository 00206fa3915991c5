using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>Writes cancel requests as messages of the queue.</summary>
internal static class RequestMessages
{
    public static OutboundMessage Write(CancelRequest request) =>
        new()
        {
            MessageId = request.RequestId,
            CorrelationId = request.RequestId,
            ContentType = "application/json",
            Body = CancelBody.Write(request),
        };

    /// <summary>Returns why the service would reject a message; null if it would not.</summary>
    public static string? FaultOf(OutboundMessage message) =>
        CancelBody.Parse(message.Body.Span).Faults is [var fault, ..]
            ? $"{fault.Pointer.TrimStart('/')}: {fault.Detail}"
            : null;
}
