using Microsoft.Azure.Amqp;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// The node <c>$cbs</c> (AMQP Claims-based Security, working draft 5), where clients put tokens before they attach a
/// link. Any token is accepted: only this machine can connect.
/// </summary>
internal static class TokenNode
{
    public static Task<AmqpMessage?> AnswerAsync(
        AmqpMessage request,
        AmqpLink link,
        CancellationToken cancellationToken
    )
    {
        var isPutToken = request.ApplicationProperties.Map["operation"] is "put-token";
        var response = AmqpMessage.Create();
        response.ApplicationProperties.Map["status-code"] = isPutToken ? 202 : 501;
        response.ApplicationProperties.Map["status-description"] = isPutToken
            ? "Accepted"
            : "$cbs only supports put-token.";
        return Task.FromResult<AmqpMessage?>(response);
    }
}
