using Microsoft.Azure.Amqp;

namespace ServiceBusEmulator.Amqp;

/// <summary>Reads the bytes of a received message before they are decoded.</summary>
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
