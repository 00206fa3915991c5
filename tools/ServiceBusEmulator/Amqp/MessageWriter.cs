using System.Runtime.InteropServices;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Encodes messages for clients: the broker's header and annotations, then the sender's sections unchanged.
/// </summary>
internal static class MessageWriter
{
    private enum ClientState
    {
        Active = 0,
        Deferred = 1,
        Scheduled = 2,
    }

    /// <summary>Encodes a delivery.</summary>
    /// <param name="locked">The delivery.</param>
    /// <param name="isLocked">Whether the receiver has to settle it.</param>
    public static byte[] Write(LockedMessage locked, bool isLocked)
    {
        var annotations = Annotations(
            locked.Message,
            locked.SequenceNumber,
            locked.EnqueuedTime,
            locked.Entry.IsDeferred ? ClientState.Deferred : ClientState.Active
        );
        if (isLocked)
        {
            annotations.Map["x-opt-locked-until"] = locked.LockedUntil.UtcDateTime;
        }

        // The client adds this delivery to the count itself.
        return Write(locked.Message, (uint)locked.DeliveryCount - 1, annotations);
    }

    /// <summary>Encodes a peeked message.</summary>
    public static byte[] Write(PeekedMessage peeked)
    {
        var state = peeked.State switch
        {
            MessageState.Scheduled => ClientState.Scheduled,
            MessageState.Deferred => ClientState.Deferred,
            MessageState.Ready or MessageState.Locked => ClientState.Active,
        };
        var annotations = Annotations(peeked.Message, peeked.SequenceNumber, peeked.EnqueuedTime, state);
        if (state == ClientState.Scheduled)
        {
            annotations.Map["x-opt-scheduled-enqueue-time"] = peeked.DueAt.UtcDateTime;
        }

        return Write(peeked.Message, (uint)peeked.DeliveryCount, annotations);
    }

    private static MessageAnnotations Annotations(
        BrokerMessage message,
        long sequenceNumber,
        DateTimeOffset enqueuedTime,
        ClientState state
    )
    {
        MessageAnnotations annotations = new();
        if (message.Encoded is { Annotations: { IsEmpty: false } original })
        {
            annotations.Decode(new ByteBuffer(Segment(original)));
        }

        var map = annotations.Map;
        map["x-opt-sequence-number"] = sequenceNumber;
        map["x-opt-enqueue-sequence-number"] = sequenceNumber;
        map["x-opt-enqueued-time"] = enqueuedTime.UtcDateTime;
        map["x-opt-message-state"] = (int)state;
        if (message.PartitionKey is { } partitionKey)
        {
            map[MessageReader.PartitionKey] = partitionKey;
        }

        if (message.DeadLetterSource is { } source)
        {
            map["x-opt-deadletter-source"] = source;
        }

        return annotations;
    }

    private static byte[] Write(BrokerMessage message, uint deliveryCount, MessageAnnotations annotations)
    {
        var encoded = message.Encoded;
        Header header = new();
        if (encoded is { Header.IsEmpty: false })
        {
            header.Decode(new ByteBuffer(Segment(encoded.Header)));
        }
        else if (message.TimeToLive < TimeSpan.MaxValue)
        {
            header.Ttl = (uint)Math.Min(message.TimeToLive.TotalMilliseconds, uint.MaxValue);
        }

        header.DeliveryCount = deliveryCount;
        var properties = encoded is { Properties.IsEmpty: false } ? null : PropertiesOf(message);
        var applicationProperties =
            encoded is { ApplicationProperties.IsEmpty: false } || message.Properties.Count == 0
                ? null
                : ApplicationPropertiesOf(message);
        var body = encoded is null ? new Data { Value = Segment(message.Body) } : null;

        var bytes = new byte[
            header.EncodeSize
                + annotations.EncodeSize
                + (properties?.EncodeSize ?? encoded!.Properties.Length)
                + (applicationProperties?.EncodeSize ?? encoded?.ApplicationProperties.Length ?? 0)
                + (body?.EncodeSize ?? encoded!.Body.Length)
        ];
        ByteBuffer buffer = new(bytes);
        header.Encode(buffer);
        annotations.Encode(buffer);
        Append(buffer, properties, encoded?.Properties);
        Append(buffer, applicationProperties, encoded?.ApplicationProperties);
        Append(buffer, body, encoded?.Body);
        return bytes;
    }

    private static void Append(ByteBuffer buffer, AmqpDescribed? section, ReadOnlyMemory<byte>? encoded)
    {
        if (section is not null)
        {
            section.Encode(buffer);
        }
        else if (encoded is { } bytes)
        {
            bytes.CopyTo(buffer.Buffer.AsMemory(buffer.WritePos));
            buffer.Append(bytes.Length);
        }
    }

    private static Properties PropertiesOf(BrokerMessage message) =>
        new()
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId is { } correlationId ? (MessageId)correlationId : null,
            ContentType = message.ContentType is { } contentType ? (AmqpSymbol)contentType : default,
            Subject = message.Subject,
            To = message.To is { } to ? (Address)to : null,
            ReplyTo = message.ReplyTo is { } replyTo ? (Address)replyTo : null,
            GroupId = message.SessionId,
            ReplyToGroupId = message.ReplyToSessionId,
        };

    private static ApplicationProperties ApplicationPropertiesOf(BrokerMessage message)
    {
        ApplicationProperties properties = new();
        foreach (var (name, value) in message.Properties)
        {
            properties.Map[name] = PropertyValues.ToAmqp(value);
        }

        return properties;
    }

    private static ArraySegment<byte> Segment(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) ? segment : memory.ToArray();
}
