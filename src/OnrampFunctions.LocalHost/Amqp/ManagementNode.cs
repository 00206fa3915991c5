using System.Collections.Frozen;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace OnrampFunctions.Local.Amqp;

/// <summary>The node <c>$management</c> of an entity: what clients do by request and response.</summary>
internal sealed class ManagementNode(MessageQueue queue, Destination? destination)
{
    // Everything that this broker does; whatever is not here is answered as not implemented.
    private static readonly FrozenDictionary<string, Func<ManagementRequest, ManagementAnswer>> Operations = new Dictionary<string, Func<ManagementRequest, ManagementAnswer>>
    {
        ["com.microsoft:schedule-message"] = Scheduling.Schedule,
        ["com.microsoft:cancel-scheduled-message"] = Scheduling.Cancel,
        ["com.microsoft:peek-message"] = Looking.Peek,
        ["com.microsoft:receive-by-sequence-number"] = Looking.ReceiveDeferred,
        ["com.microsoft:renew-lock"] = Locks.Renew,
        ["com.microsoft:update-disposition"] = Locks.Settle,
    }.ToFrozenDictionary();

    public AmqpMessage Answer(AmqpMessage request)
    {
        try
        {
            var operation = request.ApplicationProperties.Map["operation"] as string ?? "";
            if (!Operations.TryGetValue(operation, out var answer))
            {
                throw AmqpErrors.NoSuchOperation(operation);
            }

            return answer(new ManagementRequest(queue, destination, request.ValueBody?.Value as AmqpMap ?? new AmqpMap())).ToMessage();
        }
        catch (AmqpException exception)
        {
            return ManagementAnswer.Of(exception).ToMessage();
        }
    }
}
