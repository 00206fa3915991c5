using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Management operations that fetch messages by their numbers.</summary>
internal static class PeekOperations
{
    private const uint DeletesAtOnce = 0;

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
        var deletesAtOnce = request.Required<uint>("receiver-settle-mode") == DeletesAtOnce;
        var taken =
            request.Queue.TryReceiveDeferred(request.Required<long[]>("sequence-numbers"))
            ?? throw AmqpErrors.NoSuchMessage();
        List<AmqpMap> messages = [];
        foreach (var message in taken)
        {
            var map = Map(MessageWriter.Write(message, tellsLock: !deletesAtOnce));
            map[new MapKey("lock-token")] = message.LockToken;
            messages.Add(map);
            if (deletesAtOnce)
            {
                request.Queue.TryComplete(message);
            }
        }

        return ManagementResponse.Of("messages", messages);
    }

    private static AmqpMap Map(byte[] message) => new() { [new MapKey("message")] = new ArraySegment<byte>(message) };
}
