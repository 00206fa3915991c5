using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A link on which a client sends requests; each response goes out on the link that the request names.
/// </summary>
internal static class RequestLink
{
    public static ReceivingAmqpLink Open(
        AmqpSession session,
        AmqpLinkSettings settings,
        ResponseLinks responses,
        Func<AmqpMessage, AmqpLink, CancellationToken, Task<AmqpMessage?>> answer
    )
    {
        ReceivingAmqpLink link = new(session, settings);
        var closed = link.WhenClosed();
        link.RegisterMessageListener(request => _ = AnswerAsync(request));
        return link;

        async Task AnswerAsync(AmqpMessage request)
        {
            // Unlike the message's own method, this one does nothing on a closed link.
            if (FaultOf(request) is { } fault)
            {
                link.DisposeDelivery(request, settled: true, new Rejected { Error = fault.Error });
                request.Dispose();
                return;
            }

            link.DisposeDelivery(request, settled: true, AmqpConstants.AcceptedOutcome);
            try
            {
                if (await answer(request, link, closed) is { } response)
                {
                    response.Properties.CorrelationId = request.Properties.MessageId;
                    responses.Send(request.Properties.ReplyTo?.ToString(), response);
                }
            }
            catch (OperationCanceledException)
            {
                // The client has disconnected.
            }
            finally
            {
                request.Dispose();
            }
        }
    }

    /// <summary>The error of a request that must not be decoded; null when it is valid.</summary>
    private static AmqpException? FaultOf(AmqpMessage request)
    {
        try
        {
            MessageSections.Validate(request.Payload());
            return null;
        }
        catch (AmqpException exception)
        {
            return exception;
        }
    }
}
