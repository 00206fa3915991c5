using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Converts messages between the core's types and the SDK's.</summary>
public static class MessageTranslation
{
    private const string PartitionKey = "x-opt-partition-key";

    /// <summary>Creates the SDK's message.</summary>
    public static ServiceBusMessage ToServiceBusMessage(this OutboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var translated = new ServiceBusMessage(message.Body)
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType,
        };
        if (message.TimeToLive is { } timeToLive)
        {
            translated.TimeToLive = timeToLive;
        }

        Write(message.Routing, translated.GetRawAmqpMessage());
        foreach (var (name, value) in message.Properties)
        {
            translated.ApplicationProperties[name] = value;
        }

        return translated;
    }

    /// <summary>Creates the core's message; no content that a sender can choose makes it throw.</summary>
    public static InboundMessage ToInbound(this ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var amqp = message.GetRawAmqpMessage();
        var body = BodyOf(amqp.Body);
        return new InboundMessage
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType,
            Routing = Read(amqp),
            Body = body ?? default,
            BodyFault = body is null
                ? "The body is an AMQP sequence, or a value that is neither text nor bytes: send it as bytes."
                : null,
            Properties = message.ApplicationProperties,
            DeliveryCount = message.DeliveryCount,
            SequenceNumber = message.SequenceNumber,
            EnqueuedTime = message.EnqueuedTime,
            TimeToLive = message.TimeToLive,
        };
    }

    /// <summary>
    /// Returns the bytes of a data section, or of the single value of a JMS text or bytes message; null for anything
    /// else.
    /// </summary>
    private static ReadOnlyMemory<byte>? BodyOf(AmqpMessageBody body)
    {
        if (body.TryGetValue(out var value))
        {
            return value switch
            {
                string text => Encoding.UTF8.GetBytes(text),
                byte[] bytes => bytes,
                _ => null,
            };
        }

        if (!body.TryGetData(out var data) || data is null)
        {
            return null;
        }

        var parts = data.ToList();
        return parts.Count == 1 ? parts[0] : parts.SelectMany(static part => part.ToArray()).ToArray();
    }

    /// <summary>
    /// Reads the AMQP sections, because the SDK's properties throw if another client wrote a value of another type.
    /// </summary>
    private static MessageRouting Read(AmqpAnnotatedMessage amqp) =>
        new()
        {
            To = amqp.Properties.To?.ToString(),
            ReplyTo = amqp.Properties.ReplyTo?.ToString(),
            ReplyToSessionId = amqp.Properties.ReplyToGroupId,
            SessionId = amqp.Properties.GroupId,
            PartitionKey = amqp.MessageAnnotations.TryGetValue(PartitionKey, out var key) ? key as string : null,
        };

    /// <summary>
    /// Writes the AMQP sections, because the SDK's properties reject some values that other clients can send.
    /// </summary>
    private static void Write(MessageRouting routing, AmqpAnnotatedMessage amqp)
    {
        amqp.Properties.To = routing.To is null ? null : new AmqpAddress(routing.To);
        amqp.Properties.ReplyTo = routing.ReplyTo is null ? null : new AmqpAddress(routing.ReplyTo);
        amqp.Properties.ReplyToGroupId = routing.ReplyToSessionId;
        amqp.Properties.GroupId = routing.SessionId;
        if (routing.PartitionKey is not null)
        {
            amqp.MessageAnnotations[PartitionKey] = routing.PartitionKey;
        }
    }
}
