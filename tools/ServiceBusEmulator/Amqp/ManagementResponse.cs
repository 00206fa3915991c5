using System.Collections.Frozen;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusEmulator.Amqp;

/// <summary>The response to a management request.</summary>
/// <param name="StatusCode">The HTTP status code.</param>
/// <param name="Body">The result; null for none.</param>
/// <param name="Error">The error; null on success.</param>
internal sealed record ManagementResponse(int StatusCode, AmqpMap? Body = null, Error? Error = null)
{
    private static readonly FrozenDictionary<string, int> StatusCodes = new Dictionary<AmqpSymbol, int>
    {
        [AmqpErrors.MessageNotFound] = 404,
        [AmqpErrors.MessageLockLost] = 410,
        [AmqpErrorCode.MessageSizeExceeded] = 403,
        [AmqpErrorCode.ResourceLimitExceeded] = 403,
        [AmqpErrorCode.InternalError] = 500,
        [AmqpErrorCode.NotImplemented] = 501,
    }.ToFrozenDictionary(status => status.Key.Value, status => status.Value);

    public static ManagementResponse Done { get; } = new(200);

    /// <summary>Nothing was found.</summary>
    public static ManagementResponse Empty { get; } = new(204);

    /// <summary>A response with one result.</summary>
    public static ManagementResponse Of(string name, object value) =>
        new(200, new AmqpMap { [new MapKey(name)] = value });

    public static ManagementResponse Of(Error error)
    {
        var status = StatusCodes.GetValueOrDefault(error.Condition.Value ?? "", 400);
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
