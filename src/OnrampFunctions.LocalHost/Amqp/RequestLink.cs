using Microsoft.Azure.Amqp;

namespace OnrampFunctions.Local.Amqp;

/// <summary>A client asks: every message is a request, and its answer goes out on the link that the request names.</summary>
internal static class RequestLink
{
    public static ReceivingAmqpLink Open(AmqpSession session, AmqpLinkSettings settings, ResponseLinks responses, Func<AmqpMessage, Task<AmqpMessage>> answer)
    {
        ReceivingAmqpLink link = new(session, settings);
        link.RegisterMessageListener(request => _ = AnswerAsync(request));
        return link;

        async Task AnswerAsync(AmqpMessage request)
        {
            link.DisposeMessage(request, AmqpConstants.AcceptedOutcome, settled: true, batchable: false);
            var response = await answer(request);
            response.Properties.CorrelationId = request.Properties.MessageId;
            responses.Send(request.Properties.ReplyTo?.ToString(), response);
            request.Dispose();
        }
    }
}
