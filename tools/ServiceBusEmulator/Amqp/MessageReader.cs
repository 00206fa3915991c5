using System.Runtime.InteropServices;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Reads what clients send. Whatever it takes can be handed on: what cannot be decoded is refused at the door.
/// </summary>
internal static class MessageReader
{
    public const string PartitionKey = "x-opt-partition-key";
    private const string ScheduledTime = "x-opt-scheduled-enqueue-time";

    // A batch is one message, each of whose data sections is a whole message (AMQP 1.0 part 3, section 3.2.16, leaves
    // formats to vendors).
    private const uint BatchFormat = 0x80013700;

    /// <summary>Reads one transfer: a message, or a batch of them.</summary>
    /// <exception cref="AmqpException">A message is malformed, or has an id that is too long.</exception>
    public static IReadOnlyList<IncomingMessage> ReadAll(ReadOnlyMemory<byte> payload, uint? format)
    {
        try
        {
            // Copied, so that the last message of a batch does not keep the others' memory.
            return format == BatchFormat
                ?
                [
                    .. MessageSections
                        .DataOf(MessageSections.Split(payload).Body)
                        .Select(message => Read(message.ToArray())),
                ]
                : [Read(payload)];
        }
        catch (Exception exception) when (exception is not AmqpException)
        {
            // The library says in many ways that bytes are not what they claim to be.
            throw AmqpErrors.Malformed(exception.Message);
        }
    }

    /// <summary>Reads one message.</summary>
    public static IncomingMessage Read(ReadOnlyMemory<byte> payload)
    {
        MessageSections.Validate(payload.Span);
        var sections = MessageSections.Split(payload);
        var header = Decode<Header>(sections.Header);
        var annotations = Decode<MessageAnnotations>(sections.Annotations);
        var properties = Decode<Properties>(sections.Properties) ?? new Properties();
        if (properties.MessageId is null)
        {
            // Clients keep messages apart by their ids.
            properties.MessageId = Guid.NewGuid().ToString("N");
            sections = sections with { Properties = Encode(properties) };
        }

        var id = properties.MessageId.ToString()!;
        if (id.Length is 0 or > BrokerLimits.MaxIdLength)
        {
            throw AmqpErrors.Argument($"A message id has 1 to {BrokerLimits.MaxIdLength} characters.");
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

    // A header has room for 49 days; clients say longer times as the difference of two others.
    private static TimeSpan TimeToLive(Header? header, Properties properties) =>
        properties is { CreationTime: { } created, AbsoluteExpiryTime: { } expires } && expires > created
            ? expires - created
        : header?.Ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds)
        : TimeSpan.MaxValue;
}
