using System.Collections;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Management operations on scheduled messages.</summary>
internal static class ScheduleOperations
{
    public static ManagementResponse Schedule(ManagementRequest request)
    {
        var destination = request.Destination ?? throw AmqpErrors.CannotSend(request.Queue.Name);
        List<IncomingMessage> messages = [];
        foreach (var item in request.Required<IList>("messages"))
        {
            if (item is not AmqpMap map || map[new MapKey("message")] is not ArraySegment<byte> bytes)
            {
                throw AmqpErrors.Argument("Each of 'messages' must be a map with an encoded 'message'.");
            }

            if (bytes.Count > BrokerLimits.MaxMessageBytes)
            {
                throw AmqpErrors.TooLarge(bytes.Count);
            }

            var message = MessageReader.ReadAll(bytes.ToArray(), format: 0)[0];
            messages.Add(
                message with
                {
                    DueAt =
                        message.DueAt
                        ?? throw AmqpErrors.Argument(
                            "A scheduled message needs the annotation x-opt-scheduled-enqueue-time."
                        ),
                }
            );
        }

        return ManagementResponse.Of("sequence-numbers", messages.Select(Take).ToArray());

        long Take(IncomingMessage message)
        {
            var sequenceNumber = destination.Accept(message.Message, message.DueAt);
            request.OnStored(message.Message.MessageId);
            return sequenceNumber;
        }
    }

    public static ManagementResponse Cancel(ManagementRequest request)
    {
        // One that does not exist does not prevent the others.
        var areCancelled = Array.ConvertAll(
            request.Required<long[]>("sequence-numbers"),
            number => request.Queue.CancelScheduled(number)
        );
        return areCancelled.All(isCancelled => isCancelled)
            ? ManagementResponse.Done
            : throw AmqpErrors.MessageNotAvailable();
    }
}
