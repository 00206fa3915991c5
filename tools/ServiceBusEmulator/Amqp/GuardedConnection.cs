using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// A connection that validates frames before the library decodes them, which it does recursively and without a limit.
/// An invalid frame ends the connection with an error.
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
            // The client has already been sent an error; further frames are ignored.
        }
        catch
        {
            // The library answers with a close. A client that does not answer is disconnected.
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
            throw Malformed("the data offset of a frame points outside it.");
        }

        if (body < frame.Length)
        {
            EncodedValue.Validate(frame[body..], start: 0);
        }
    }

    private static AmqpException Malformed(string what) =>
        new(AmqpErrorCode.FramingError, $"The connection ends: {what}");
}
