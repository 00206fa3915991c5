using System.Globalization;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>Replays a dead letter to the queue: as the same request, at the beginning of the schedule.</summary>
public static class DeadLetterReplay
{
    private const long MaxMilliseconds = 1000L * 365 * 24 * 60 * 60 * 1000;

    /// <summary>
    /// The id of the request that the message is about, as far as it is known without the key: the service itself only
    /// accepts its properties with a valid HMAC.
    /// </summary>
    public static string RequestId(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return HasIdentity(deadLetter)
            ? Text(deadLetter, MessageProperties.RequestId)
            : CancelMessageReader.OwnRequestId(deadLetter, CloudEventReader.Read(deadLetter));
    }

    /// <summary>
    /// The id of the record of that request, as far as it is known without the key. Messages that are not dead letters
    /// have one too.
    /// </summary>
    public static string RecordId(InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (HasIdentity(message))
        {
            return CancelRequest.RecordIdOf(
                NotEmpty(Text(message, MessageProperties.Caller)),
                NotEmpty(Text(message, MessageProperties.Source)),
                Text(message, MessageProperties.RequestId)
            );
        }

        var envelope = CloudEventReader.Read(message);
        return CancelRequest.RecordIdOf(
            caller: null,
            CancelMessageReader.OwnSource(envelope),
            CancelMessageReader.OwnRequestId(message, envelope)
        );
    }

    /// <summary>
    /// The message id of the replay. When a replay is interrupted before the dead letter is completed, the next one has
    /// the same id, and duplicate detection drops the second message. It differs from the dead letter's own id, which
    /// the queue may still remember, and senders cannot predict it.
    /// </summary>
    public static string MessageId(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Digest.Of(
            "replay",
            Text(deadLetter, MessageProperties.IdentityMac),
            deadLetter.MessageId ?? "",
            deadLetter.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            deadLetter.EnqueuedTime.UtcTicks.ToString(CultureInfo.InvariantCulture)
        );
    }

    /// <summary>
    /// How long the replay may wait: the time to live that the sender set, from the beginning.
    /// <see cref="TimeSpan.MaxValue"/> is for ever.
    /// </summary>
    public static TimeSpan TimeToLive(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return deadLetter.Properties.GetValueOrDefault(MessageProperties.TimeToLive) switch
        {
            > 0L and <= MaxMilliseconds and long milliseconds => TimeSpan.FromMilliseconds(milliseconds),
            _ => deadLetter.TimeToLive,
        };
    }

    /// <summary>
    /// The application properties of the replay: the sender's own, and the identity that the service wrote when it
    /// dead-lettered the message. The history of its deliveries is dropped.
    /// </summary>
    public static IReadOnlyDictionary<string, object> Properties(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        Dictionary<string, object> properties = new(deadLetter.Properties);
        foreach (var name in MessageProperties.History)
        {
            properties.Remove(name);
        }

        properties.Remove(MessageProperties.HistoryMac);
        properties.Remove(MessageProperties.DeadLetterReason);
        properties.Remove(MessageProperties.DeadLetterErrorDescription);
        return properties;
    }

    private static bool HasIdentity(InboundMessage message) =>
        Text(message, MessageProperties.IdentityMac).Length > 0
        && Text(message, MessageProperties.RequestId).Length > 0;

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;

    private static string Text(InboundMessage message, string name) =>
        message.Properties.GetValueOrDefault(name) as string ?? "";
}
