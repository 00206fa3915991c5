using System.Collections.Frozen;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>The node <c>$management</c> of an entity: what clients do by request and response.</summary>
internal sealed class ManagementNode(ClientConnection connection, MessageQueue queue, Destination? destination)
{
    // Everything that this broker does; whatever is not here is answered as not implemented. Who receives gets on while
    // senders are refused on purpose.
    private static readonly FrozenDictionary<
        string,
        (Func<ManagementRequest, ManagementResponse> Do, bool IsOfSenders)
    > Operations = new Dictionary<string, (Func<ManagementRequest, ManagementResponse>, bool)>
    {
        ["com.microsoft:schedule-message"] = (ScheduleOperations.Schedule, true),
        ["com.microsoft:cancel-scheduled-message"] = (ScheduleOperations.Cancel, true),
        ["com.microsoft:peek-message"] = (PeekOperations.Peek, true),
        ["com.microsoft:receive-by-sequence-number"] = (PeekOperations.ReceiveDeferred, false),
        ["com.microsoft:renew-lock"] = (LockOperations.Renew, false),
        ["com.microsoft:update-disposition"] = (LockOperations.Settle, false),
    }.ToFrozenDictionary();

    /// <summary>
    /// Does what a request says; whatever goes wrong is an answer too. None when the client shall not get one.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<AmqpMessage?> AnswerAsync(AmqpMessage request, AmqpLink link, CancellationToken cancellationToken)
    {
        try
        {
            var name = request.ApplicationProperties.Map["operation"] as string ?? "";
            if (!Operations.TryGetValue(name, out var operation))
            {
                throw AmqpErrors.NoSuchOperation(name);
            }

            if (operation.IsOfSenders && destination is not null)
            {
                await destination.AdmitAsync(cancellationToken);
            }

            var isAnswered = true;
            ManagementRequest asked = new(queue, destination, request.ValueBody?.Value as AmqpMap ?? new AmqpMap())
            {
                OnTaken = messageId => isAnswered &= !connection.Interfere(link, messageId),
            };
            var answer = operation.Do(asked);
            return isAnswered ? answer.ToMessage() : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return ManagementResponse.Of(AmqpErrors.Of(exception)).ToMessage();
        }
    }
}
