using System.Collections.Frozen;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>The node <c>$management</c> of an entity: operations by request and response.</summary>
internal sealed class ManagementNode(ClientConnection connection, MessageQueue queue, Destination? destination)
{
    // All supported operations; any other one is answered as not implemented. Receivers continue while senders are
    // refused on purpose.
    private static readonly FrozenDictionary<
        string,
        (Func<ManagementRequest, ManagementResponse> Perform, bool NeedsAdmission)
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
    /// Performs a request; failures are responses too. Returns null when the client gets no response on purpose.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client has disconnected.</exception>
    public async Task<AmqpMessage?> AnswerAsync(AmqpMessage request, AmqpLink link, CancellationToken cancellationToken)
    {
        try
        {
            var name = request.ApplicationProperties.Map["operation"] as string ?? "";
            if (!Operations.TryGetValue(name, out var operation))
            {
                throw AmqpErrors.UnsupportedOperation(name);
            }

            if (operation.NeedsAdmission && destination is not null)
            {
                await destination.AdmitAsync(cancellationToken);
            }

            var isAnswered = true;
            ManagementRequest asked = new(queue, destination, request.ValueBody?.Value as AmqpMap ?? new AmqpMap())
            {
                OnStored = messageId => isAnswered &= !connection.TryBreak(link, messageId),
            };
            var answer = operation.Perform(asked);
            return isAnswered ? answer.ToMessage() : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return ManagementResponse.Of(AmqpErrors.Of(exception)).ToMessage();
        }
    }
}
