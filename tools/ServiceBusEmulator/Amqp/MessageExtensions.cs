using Microsoft.Azure.Amqp;

namespace ServiceBusEmulator.Amqp;

/// <summary>The bytes of a message that a client sent, before anything of them is decoded.</summary>
internal static class MessageExtensions
{
    public static byte[] Payload(this AmqpMessage transfer)
    {
        var payload = new byte[transfer.BytesTransfered];
        var position = 0;
        foreach (var buffer in transfer.RawByteBuffers)
        {
            Buffer.BlockCopy(buffer.Buffer, buffer.Offset, payload, position, buffer.Length);
            position += buffer.Length;
        }

        return payload;
    }
}
