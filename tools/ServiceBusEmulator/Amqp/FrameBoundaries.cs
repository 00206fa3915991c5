using System.Buffers.Binary;

namespace ServiceBusEmulator.Amqp;

/// <summary>Tracks whether a client is in the middle of a frame, and whether it has opened its connection.</summary>
internal sealed class FrameBoundaries
{
    private const uint ProtocolName = 0x414D5150; // "AMQP"
    private const int ProtocolHeaderBytes = 8;
    private const int SizeBytes = 4;
    private const int EmptyFrameBytes = 8;

    private readonly byte[] _beginning = new byte[ProtocolHeaderBytes];
    private int _begun;
    private long _left;
    private bool _isAmqp;

    /// <summary>Whether a frame or protocol header is incomplete.</summary>
    public bool IsInside => _begun > 0 || _left > 0;

    /// <summary>Whether a frame has arrived after the protocol header that follows authentication.</summary>
    public bool HasOpened { get; private set; }

    /// <summary>Returns whether a frame or protocol header ends in these bytes.</summary>
    public bool Pass(ReadOnlySpan<byte> bytes)
    {
        var hasEnded = false;
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var skipped = (int)Math.Min(_left, bytes.Length);
                _left -= skipped;
                bytes = bytes[skipped..];
            }
            else
            {
                _beginning[_begun++] = bytes[0];
                bytes = bytes[1..];
                Begin();
            }

            hasEnded |= !IsInside;
        }

        return hasEnded;
    }

    private void Begin()
    {
        if (_begun < SizeBytes)
        {
            return;
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(_beginning);
        if (size != ProtocolName)
        {
            HasOpened |= _isAmqp && size > EmptyFrameBytes;
            _left = Math.Max(size, SizeBytes) - SizeBytes;
            _begun = 0;
        }
        else if (_begun == ProtocolHeaderBytes)
        {
            // The byte after the name is 0 for AMQP itself, not for SASL.
            _isAmqp = _beginning[SizeBytes] == 0;
            _begun = 0;
        }
    }
}
