using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>What a management operation answers.</summary>
/// <param name="StatusCode">As HTTP has it.</param>
/// <param name="Body">What was asked for; null for nothing.</param>
/// <param name="Error">Why it did not work; null when it did.</param>
internal sealed record ManagementResponse(int StatusCode, AmqpMap? Body = null, Error? Error = null)
{
    public static ManagementResponse Done { get; } = new(200);

    /// <summary>There is nothing to show.</summary>
    public static ManagementResponse Empty { get; } = new(204);

    /// <summary>Something was asked for and is here.</summary>
    public static ManagementResponse Of(string name, object value) =>
        new(200, new AmqpMap { [new MapKey(name)] = value });

    public static ManagementResponse Of(Error error)
    {
        var condition = error.Condition;
        var status =
            condition.Equals(AmqpErrors.MessageNotFound) ? 404
            : condition.Equals(AmqpErrors.MessageLockLost) ? 410
            : condition.Equals(AmqpErrorCode.InternalError) ? 500
            : condition.Equals(AmqpErrorCode.MessageSizeExceeded)
            || condition.Equals(AmqpErrorCode.ResourceLimitExceeded)
                ? 403
            : condition.Equals(AmqpErrorCode.NotImplemented) ? 501
            : 400;
        return new ManagementResponse(status, Error: error);
    }

    public AmqpMessage ToMessage()
    {
        var message = AmqpMessage.Create(new AmqpValue { Value = Body ?? new AmqpMap() });
        var properties = message.ApplicationProperties.Map;
        properties["statusCode"] = StatusCode;
        properties["statusDescription"] = Error?.Description ?? "OK";
        if (Error is not null)
        {
            properties["errorCondition"] = Error.Condition;
        }

        return message;
    }
}
