using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Management operations that return messages by sequence number.</summary>
internal static class PeekOperations
{
    private const uint ReceiveAndDelete = 0;

    public static ManagementResponse Peek(ManagementRequest request)
    {
        var count = Math.Clamp(request.Required<int>("message-count"), 0, BrokerLimits.MaxPeekedMessages);
        var peeked = request.Queue.Peek(request.Required<long>("from-sequence-number"), count);
        if (peeked.Count == 0)
        {
            return ManagementResponse.Empty;
        }

        // As in Azure, a page has messages of one partition and can be shorter than requested.
        var partition = SequenceNumbers.PartitionOf(peeked[0].SequenceNumber);
        return ManagementResponse.Of(
            "messages",
            peeked
                .TakeWhile(message => SequenceNumbers.PartitionOf(message.SequenceNumber) == partition)
                .Select(static message => Map(MessageWriter.Write(message)))
                .ToList()
        );
    }

    public static ManagementResponse ReceiveDeferred(ManagementRequest request)
    {
        var deletes = request.Required<uint>("receiver-settle-mode") == ReceiveAndDelete;
        var taken =
            request.Queue.TryReceiveDeferred(request.Required<long[]>("sequence-numbers"))
            ?? throw AmqpErrors.MessageNotAvailable();
        List<AmqpMap> messages = [];
        foreach (var message in taken)
        {
            var map = Map(MessageWriter.Write(message, isLocked: !deletes));
            map[new MapKey("lock-token")] = message.LockToken;
            messages.Add(map);
            if (deletes)
            {
                request.Queue.TryComplete(message);
            }
        }

        return ManagementResponse.Of("messages", messages);
    }

    private static AmqpMap Map(byte[] message) => new() { [new MapKey("message")] = new ArraySegment<byte>(message) };
}
