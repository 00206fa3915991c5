using System.Buffers.Binary;
using System.Text;

namespace ServiceBusEmulator.Tests;

/// <summary>Encodes AMQP values by hand, including invalid ones.</summary>
internal static class Raw
{
    /// <summary>Format code, size and count of a list or array inside another.</summary>
    private const int LevelBytes = 9;

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
    public static byte[] NestedLists(int depth) =>
        [.. Levels(depth).SelectMany(static inside => Level(0xD0, 4 + (inside * LevelBytes), Math.Min(inside, 1)))];

    /// <summary>Nested descriptors: one level per byte.</summary>
    public static byte[] Zeros(int depth) => new byte[depth];

    /// <summary>Nested arrays.</summary>
    public static byte[] NestedArrays(int depth) =>
        [.. Levels(depth).SelectMany(static inside => Level(0xF0, 6 + (inside * LevelBytes), count: 1)), 0x50, 1];

    /// <summary>The number of levels inside each, from the outermost.</summary>
    private static IEnumerable<int> Levels(int depth) => Enumerable.Range(0, depth).Reverse();

    private static byte[] Level(byte code, int size, int count) => [code, .. Size(size), .. Size(count)];

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
