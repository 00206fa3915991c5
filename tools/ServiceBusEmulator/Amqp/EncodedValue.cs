using System.Buffers.Binary;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Reads encoded values of the AMQP type system (AMQP 1.0 part 1, section 1.2). The first half of a format code
/// determines the size of the value.
/// </summary>
internal static class EncodedValue
{
    private const byte Described = 0x00;

    /// <summary>The position after the value that begins at <paramref name="start"/>.</summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The bytes end before the value does.</exception>
    public static int SkipFrom(ReadOnlySpan<byte> bytes, int start)
    {
        var position = start;
        while (ReadByte(bytes, position) == Described)
        {
            (_, position) = ReadDescriptor(bytes, position);
        }

        var (_, content) = ContentOf(bytes, position);
        return content.End.Value;
    }

    /// <summary>
    /// Validates a value with everything in it, and returns the position after it. A valid value can be decoded without
    /// overflowing the stack and without more memory than its size suggests.
    /// </summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The value is malformed or nested too deeply.</exception>
    public static int Validate(ReadOnlySpan<byte> bytes, int start, int depth = 0)
    {
        CheckDepth(depth);
        if (ReadByte(bytes, start) == Described)
        {
            var value = Validate(bytes, start + 1, depth + 1);
            return Validate(bytes, value, depth + 1);
        }

        var (code, content) = ContentOf(bytes, start);
        ValidateContent(code, bytes[content], depth);
        return content.End.Value;
    }

    private static void ValidateContent(byte code, ReadOnlySpan<byte> content, int depth)
    {
        var isArray = code >> 4 is 0xE or 0xF;
        if (!isArray && code >> 4 is not (0xC or 0xD))
        {
            return;
        }

        var countWidth = code >> 4 is 0xC or 0xE ? 1 : 4;
        if (content.Length < countWidth)
        {
            throw AmqpErrors.Malformed("it ends within a value.");
        }

        var count = countWidth == 1 ? content[0] : BinaryPrimitives.ReadUInt32BigEndian(content);
        if (isArray)
        {
            ValidateElements(content[countWidth..], count, depth);
            return;
        }

        var position = countWidth;
        for (var i = 0U; i < count; i++)
        {
            position = Validate(content, position, depth + 1);
        }
    }

    /// <summary>Validates the elements of an array, which share one constructor.</summary>
    private static void ValidateElements(ReadOnlySpan<byte> elements, uint count, int depth)
    {
        if (count == 0)
        {
            return;
        }

        var position = 0;
        while (ReadByte(elements, position) == Described)
        {
            CheckDepth(++depth);
            position = Validate(elements, position + 1, depth);
        }

        var code = elements[position++];
        if (code >> 4 == 0x4 && count > AmqpLimits.MaxEmptyElements)
        {
            throw AmqpErrors.Malformed(
                $"an array has more than {AmqpLimits.MaxEmptyElements} elements without content."
            );
        }

        for (var i = 0U; i < count; i++)
        {
            CheckDepth(depth + 1);
            var content = ContentOf(elements, code, position);
            ValidateContent(code, elements[content], depth + 1);
            position = content.End.Value;
        }
    }

    private static void CheckDepth(int depth)
    {
        if (depth > AmqpLimits.MaxDepth)
        {
            throw AmqpErrors.Malformed($"its values are nested deeper than {AmqpLimits.MaxDepth} levels.");
        }
    }

    /// <summary>The format code of a value without a descriptor, and the range of its content.</summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The bytes end before the value does.</exception>
    public static (byte FormatCode, Range Content) ContentOf(ReadOnlySpan<byte> bytes, int start)
    {
        var code = ReadByte(bytes, start);
        return (code, ContentOf(bytes, code, start + 1));
    }

    /// <summary>The range of the content whose size, or first byte, is at <paramref name="start"/>.</summary>
    private static Range ContentOf(ReadOnlySpan<byte> bytes, byte code, int start)
    {
        var (sizeWidth, fixedWidth) = (code >> 4) switch
        {
            0x4 => (0, 0),
            0x5 => (0, 1),
            0x6 => (0, 2),
            0x7 => (0, 4),
            0x8 => (0, 8),
            0x9 => (0, 16),
            0xA or 0xC or 0xE => (1, 0),
            0xB or 0xD or 0xF => (4, 0),
            _ => throw AmqpErrors.Malformed($"format code 0x{code:x2} does not exist."),
        };
        var from = start + sizeWidth;
        if (from > bytes.Length)
        {
            throw AmqpErrors.Malformed("it ends within a value.");
        }

        long width = sizeWidth switch
        {
            0 => fixedWidth,
            1 => bytes[start],
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes[start..]),
        };
        return from + width <= bytes.Length
            ? from..(int)(from + width)
            : throw AmqpErrors.Malformed("it ends within a value.");
    }

    /// <summary>
    /// The numeric descriptor at <paramref name="start"/>, 0 for a symbolic one, and the position after it.
    /// </summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">No descriptor begins there.</exception>
    public static (ulong Code, int End) ReadDescriptor(ReadOnlySpan<byte> bytes, int start)
    {
        if (ReadByte(bytes, start) != Described)
        {
            throw AmqpErrors.Malformed("a section has no descriptor.");
        }

        var (format, content) = ContentOf(bytes, start + 1);
        ulong code = format switch
        {
            0x44 or 0xA3 or 0xB3 => 0,
            0x53 => bytes[content][0],
            0x80 => BinaryPrimitives.ReadUInt64BigEndian(bytes[content]),
            _ => throw AmqpErrors.Malformed("a descriptor is neither a number nor a symbol."),
        };
        return (code, content.End.Value);
    }

    private static byte ReadByte(ReadOnlySpan<byte> bytes, int at) =>
        at < bytes.Length ? bytes[at] : throw AmqpErrors.Malformed("it ends within a value.");
}
