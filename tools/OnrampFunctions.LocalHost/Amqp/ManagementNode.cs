using System.Collections.Frozen;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace OnrampFunctions.LocalHost.Amqp;

/// <summary>The node <c>$management</c> of an entity: what clients do by request and response.</summary>
internal sealed class ManagementNode(ClientConnection connection, MessageQueue queue, Destination? destination)
{
    // Everything that this broker does; whatever is not here is answered as not implemented. Who receives gets on while
    // senders are refused on purpose.
    private static readonly FrozenDictionary<
        string,
        (Func<ManagementRequest, ManagementAnswer> Do, bool IsOfSenders)
    > Operations = new Dictionary<string, (Func<ManagementRequest, ManagementAnswer>, bool)>
    {
        ["com.microsoft:schedule-message"] = (Scheduling.Schedule, true),
        ["com.microsoft:cancel-scheduled-message"] = (Scheduling.Cancel, true),
        ["com.microsoft:peek-message"] = (Looking.Peek, true),
        ["com.microsoft:receive-by-sequence-number"] = (Looking.ReceiveDeferred, false),
        ["com.microsoft:renew-lock"] = (Locks.Renew, false),
        ["com.microsoft:update-disposition"] = (Locks.Settle, false),
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
                await destination.PassAsync(cancellationToken);
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
            return ManagementAnswer.Of(AmqpErrors.Of(exception)).ToMessage();
        }
    }
}
