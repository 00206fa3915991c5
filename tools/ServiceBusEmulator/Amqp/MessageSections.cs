using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Finds the sections of an encoded message without decoding what is in them.</summary>
internal static class MessageSections
{
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The bytes are not a message.</exception>
    public static EncodedSections Split(ReadOnlyMemory<byte> message)
    {
        EncodedSections sections = new(default, default, default, default, default);
        var last = 0UL;
        for (var start = 0; start < message.Length; )
        {
            var (code, content) = EncodedValue.ReadDescriptor(message.Span, start);
            var end = EncodedValue.SkipFrom(message.Span, content);
            if (code < last || (code == last && code is not (SectionCodes.Data or SectionCodes.Sequence)))
            {
                throw AmqpErrors.Malformed("its sections are out of order.");
            }

            sections = code switch
            {
                SectionCodes.Header => sections with { Header = message[start..end] },
                SectionCodes.DeliveryAnnotations => sections, // They were for this hop only.
                SectionCodes.Annotations => sections with { Annotations = message[start..end] },
                SectionCodes.Properties => sections with { Properties = message[start..end] },
                SectionCodes.ApplicationProperties => sections with { ApplicationProperties = message[start..end] },
                >= SectionCodes.Data and <= SectionCodes.Footer => sections.Body.IsEmpty
                    ? sections with
                    {
                        Body = message[start..],
                    }
                    : sections,
                _ => throw AmqpErrors.Malformed("it has an unknown section."),
            };
            last = code;
            start = end;
        }

        return sections;
    }

    /// <summary>
    /// Checks that all sections can be decoded, including the body and footer, which only receivers decode.
    /// </summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">A value is malformed or nested too deeply.</exception>
    public static void Validate(ReadOnlySpan<byte> message)
    {
        for (var start = 0; start < message.Length; )
        {
            start = EncodedValue.Validate(message, start);
        }
    }

    /// <summary>The content of each data section of a body.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> DataOf(ReadOnlyMemory<byte> body)
    {
        for (var start = 0; start < body.Length; )
        {
            var (code, content) = EncodedValue.ReadDescriptor(body.Span, start);
            if (code == SectionCodes.Data)
            {
                yield return body[EncodedValue.ContentOf(body.Span, content).Content];
            }

            start = EncodedValue.SkipFrom(body.Span, content);
        }
    }

    /// <summary>
    /// The body as bytes, for clients that know no sections: the data, or a text or binary value; otherwise empty.
    /// </summary>
    public static ReadOnlyMemory<byte> BytesOf(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return body;
        }

        var (code, content) = EncodedValue.ReadDescriptor(body.Span, 0);
        if (code == SectionCodes.Value)
        {
            // Text is already UTF-8.
            var (format, value) = EncodedValue.ContentOf(body.Span, content);
            return format is 0xA0 or 0xB0 or 0xA1 or 0xB1 ? body[value] : default;
        }

        var data = DataOf(body).ToList();
        return data.Count == 1 ? data[0] : data.SelectMany(part => part.ToArray()).ToArray();
    }
}
