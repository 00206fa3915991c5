using System.Buffers.Binary;
using System.Text;

namespace ServiceBusEmulator.Tests;

/// <summary>Encodes AMQP values by hand, including invalid ones.</summary>
internal static class Raw
{
    public static byte[] Null => [0x40];

    public static byte[] Text(string text) => [0xA1, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Symbol(string text) => [0xA3, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Binary(byte[] bytes) => [0xB0, .. Size(bytes.Length), .. bytes];

    public static byte[] List(params byte[][] items) => Compound(0xD0, items);

    public static byte[] Map(params byte[][] items) => Compound(0xD1, items);

    public static byte[] Described(byte code, byte[] value) => [0x00, 0x53, code, .. value];

    public static byte[] Described(string symbol, byte[] value) => [0x00, .. Symbol(symbol), .. value];

    /// <summary>A performative with these fields.</summary>
    public static byte[] Performative(byte code, byte[][] fields) => Described(code, List(fields));

    /// <summary>Nested lists.</summary>
    public static byte[] NestedLists(int depth)
    {
        var bytes = List();
        for (var i = 1; i < depth; i++)
        {
            bytes = List(bytes);
        }

        return bytes;
    }

    /// <summary>Nested descriptors: one level per byte.</summary>
    public static byte[] Zeros(int depth) => new byte[depth];

    /// <summary>Nested arrays.</summary>
    public static byte[] NestedArrays(int depth)
    {
        byte[] content = [.. Size(1), 0x50, 1];
        for (var i = 1; i < depth; i++)
        {
            content = [.. Size(1), 0xF0, .. Size(content.Length), .. content];
        }

        return [0xF0, .. Size(content.Length), .. content];
    }

    private static byte[] Compound(byte code, byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        return [code, .. Size(content.Length + 4), .. Size(items.Length), .. content];
    }

    private static byte[] Size(int size)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        return bytes;
    }
}
