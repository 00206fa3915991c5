using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A connection whose frames are checked before the library decodes them, which it does recursively and without a
/// limit. A frame that does not pass ends the connection with an error.
/// </summary>
internal sealed class GuardedConnection(
    TransportBase transport,
    ProtocolHeader header,
    AmqpSettings settings,
    AmqpConnectionSettings connectionSettings,
    SocketTransport socket
) : AmqpConnection(transport, header, isInitiator: false, settings, connectionSettings)
{
    private const int HeaderBytes = 8;
    private const int BytesPerOffset = 4;

    private bool _isRefused;

    protected override void OnFrameBuffer(ByteBuffer buffer)
    {
        try
        {
            Check(new ReadOnlySpan<byte>(buffer.Buffer, buffer.Offset, buffer.Length));
            base.OnFrameBuffer(buffer);
        }
        catch when (_isRefused)
        {
            // The client has been told; what it still sends does not matter.
        }
        catch
        {
            // The library answers with a close. A client that does not answer it in turn is cut off.
            _isRefused = true;
            socket.StartDeadline();
            throw;
        }
    }

    private static void Check(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderBytes)
        {
            throw Malformed("a frame is shorter than its header.");
        }

        var body = frame[4] * BytesPerOffset;
        if (body < HeaderBytes || body > frame.Length)
        {
            throw Malformed("the data offset of a frame points outside of it.");
        }

        if (body < frame.Length)
        {
            EncodedValue.Validate(frame[body..], start: 0);
        }
    }

    private static AmqpException Malformed(string what) =>
        new(AmqpErrorCode.FramingError, $"The connection ends: {what}");
}
