using System.Runtime.InteropServices;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Decodes what clients send. Anything that clients could not decode is rejected, so that every stored message can be
/// delivered.
/// </summary>
internal static class MessageReader
{
    public const string PartitionKey = "x-opt-partition-key";
    private const string ScheduledTime = "x-opt-scheduled-enqueue-time";

    // In a batch, each data section is an encoded message (AMQP 1.0 part 3, section 3.2.16, leaves formats to vendors).
    private const uint BatchFormat = 0x80013700;

    /// <summary>Decodes one transfer: a message or a batch.</summary>
    /// <exception cref="AmqpException">A message is malformed, or its id is too long.</exception>
    public static IReadOnlyList<IncomingMessage> ReadAll(ReadOnlyMemory<byte> payload, uint? format)
    {
        try
        {
            // Copied, so that the last message of a batch does not retain the memory of the others.
            return format == BatchFormat
                ? [.. DataOf(payload).Select(message => Read(message.ToArray()))]
                : [Read(payload)];
        }
        catch (Exception exception) when (exception is not AmqpException)
        {
            // The library throws many kinds of exceptions for malformed bytes.
            throw AmqpErrors.Malformed(exception.Message);
        }
    }

    /// <summary>Decodes one message.</summary>
    public static IncomingMessage Read(ReadOnlyMemory<byte> payload)
    {
        MessageSections.Validate(payload.Span);
        var sections = MessageSections.Split(payload);
        var header = Decode<Header>(sections.Header);
        var annotations = Decode<MessageAnnotations>(sections.Annotations);
        var properties = Decode<Properties>(sections.Properties) ?? new Properties();
        if (properties.MessageId is null)
        {
            // Clients distinguish messages by their ids.
            properties.MessageId = Guid.NewGuid().ToString("N");
            sections = sections with { Properties = Encode(properties) };
        }

        var id = properties.MessageId.ToString()!;
        if (id.Length is 0 or > BrokerLimits.MaxIdLength)
        {
            throw AmqpErrors.Argument($"A message id must have 1 to {BrokerLimits.MaxIdLength} characters.");
        }

        BrokerMessage message = new()
        {
            MessageId = id,
            CorrelationId = properties.CorrelationId?.ToString(),
            ContentType = properties.ContentType.Value,
            Subject = properties.Subject,
            To = properties.To?.ToString(),
            ReplyTo = properties.ReplyTo?.ToString(),
            SessionId = properties.GroupId,
            ReplyToSessionId = properties.ReplyToGroupId,
            PartitionKey = annotations?.Map[PartitionKey] as string,
            TimeToLive = TimeToLive(header, properties),
            Body = MessageSections.BytesOf(sections.Body),
            Properties = Decode<ApplicationProperties>(sections.ApplicationProperties) is { } map
                ? PropertyValues.Read(map.Map)
                : [],
            Encoded = sections,
        };
        return new IncomingMessage(
            message,
            annotations?.Map[ScheduledTime] is DateTime dueAt ? new DateTimeOffset(dueAt, TimeSpan.Zero) : null
        );
    }

    private static IEnumerable<ReadOnlyMemory<byte>> DataOf(ReadOnlyMemory<byte> payload) =>
        MessageSections.DataOf(MessageSections.Split(payload).Body);

    private static T? Decode<T>(ReadOnlyMemory<byte> section)
        where T : AmqpDescribed, new()
    {
        if (section.IsEmpty)
        {
            return null;
        }

        T decoded = new();
        MemoryMarshal.TryGetArray(section, out var bytes);
        decoded.Decode(new ByteBuffer(bytes));
        return decoded;
    }

    private static byte[] Encode(Properties properties)
    {
        var bytes = new byte[properties.EncodeSize];
        properties.Encode(new ByteBuffer(bytes));
        return bytes;
    }

    // A header can express 49 days; clients express longer times as the difference of two timestamps.
    private static TimeSpan TimeToLive(Header? header, Properties properties)
    {
        if (properties is { CreationTime: { } created, AbsoluteExpiryTime: { } expires } && expires > created)
        {
            return expires - created;
        }

        return header?.Ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
    }
}
