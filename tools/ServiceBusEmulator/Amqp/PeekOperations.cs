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
        return peeked.Count == 0
            ? ManagementResponse.Empty
            : ManagementResponse.Of("messages", peeked.Select(message => Map(MessageWriter.Write(message))).ToList());
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
