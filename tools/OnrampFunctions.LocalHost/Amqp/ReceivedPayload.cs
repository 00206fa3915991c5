using Microsoft.Azure.Amqp;

namespace OnrampFunctions.LocalHost.Amqp;

/// <summary>The bytes of a message that a client sent, before anything of them is decoded.</summary>
internal static class ReceivedPayload
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
