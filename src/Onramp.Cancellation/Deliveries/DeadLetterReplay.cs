using System.Globalization;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Queueing;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Deliveries;

/// <summary>How a dead letter goes back to the queue: as the same request, from the beginning of the schedule.</summary>
public static class DeadLetterReplay
{
    private const long MaxMilliseconds = 1000L * 365 * 24 * 60 * 60 * 1000;

    /// <summary>The request that the message is about, as the service names it.</summary>
    public static string RequestId(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return CancelMessageReader.RequestId(deadLetter, CloudEventReader.Read(deadLetter));
    }

    /// <summary>
    /// The message id that it goes back under. It belongs to this dead letter: sending it twice, because whoever sends it was stopped before the dead letter was completed, sends it
    /// once; and the queue, which may remember the id that the message had, cannot take it for a repeat and drop it.
    /// </summary>
    public static string MessageId(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Digest.Of("replay", deadLetter.MessageId ?? "", deadLetter.SequenceNumber.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How long it may wait then: as long as the sender said, from the beginning. <see cref="TimeSpan.MaxValue"/> is for ever.</summary>
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
    /// The application properties that it goes back with: the sender's own, and who asked and when; nothing of the deliveries it has had. A request that was known by the message's id
    /// or by the broker's number is now known by a property, since these change.
    /// </summary>
    public static IReadOnlyDictionary<string, object> Properties(InboundMessage deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        Dictionary<string, object> properties = new(deadLetter.Properties);
        foreach (var name in MessageProperties.Anew.Keys.Concat(
                     [MessageProperties.TimeToLive, MessageProperties.DeadLetterReason, MessageProperties.DeadLetterErrorDescription]))
        {
            properties.Remove(name);
        }

        var envelope = CloudEventReader.Read(deadLetter);
        if (envelope.EventId is null && envelope.Fault is null)
        {
            properties[MessageProperties.RequestId] = CancelMessageReader.RequestId(deadLetter, envelope);
        }

        if (deadLetter.EnqueuedTime != default)
        {
            properties.TryAdd(MessageProperties.RequestedAt, deadLetter.EnqueuedTime.ToString("O", CultureInfo.InvariantCulture));
        }

        return properties;
    }
}
