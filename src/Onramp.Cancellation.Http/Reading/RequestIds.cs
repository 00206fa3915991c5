using System.Buffers.Binary;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>Ids for requests that come without one: UUIDs of version 7 (RFC 9562, section 5.7).</summary>
internal static class RequestIds
{
    /// <summary>Makes an id that begins with the time, in milliseconds: ids sort as their requests came.</summary>
    public static string Create(DateTimeOffset now)
    {
        // Not Guid.CreateVersion7: it asks the kernel for its random bits, which costs a third of all our own work on a
        // request. Ids must differ, and these do; they need not be secret, since nothing is granted to whoever knows
        // one.
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        var version = 0x7000 | (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFF);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (now.ToUnixTimeMilliseconds() << 16) | (long)version);
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
