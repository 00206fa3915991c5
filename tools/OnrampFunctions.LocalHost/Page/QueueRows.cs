using System.Globalization;
using System.Text.Json;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>Shows the queue and its dead letters.</summary>
internal static class QueueRows
{
    private const int MaxEntries = 50;

    public static QueueView Of(MessageQueue queue)
    {
        var (counts, deadLetters) = (queue.Counts, queue.DeadLetters!);
        return new QueueView(
            counts.Ready,
            counts.Locked,
            counts.Scheduled,
            deadLetters.Counts.Ready + deadLetters.Counts.Locked,
            [.. queue.Peek(0, MaxEntries).Select(Row)],
            [.. deadLetters.Peek(0, MaxEntries).Select(Row)]
        );
    }

    private static EntryRow Row(PeekedMessage entry)
    {
        var message = entry.Message;
        var isTimeout = MessageProperties.TimeoutTrigger.Equals(
            message.Property(MessageProperties.Trigger) as string,
            StringComparison.OrdinalIgnoreCase
        );
        return new EntryRow(
            entry.SequenceNumber,
            JsonNamingPolicy.CamelCase.ConvertName(entry.State.ToString()),
            OutcomeRows.Cut(message.MessageId),
            OutcomeRows.BodyOf(message),
            entry.EnqueuedTime,
            entry.State == MessageState.Scheduled ? entry.DueAt : null,
            DeliveryOf(message),
            isTimeout,
            isTimeout && entry.State == MessageState.Scheduled ? IdOf(message, entry.SequenceNumber) : null,
            OutcomeRows.Cut(message.Property(BrokerMessage.DeadLetterReasonName) as string),
            OutcomeRows.Cut(message.Property(BrokerMessage.DeadLetterErrorDescriptionName) as string)
        );
    }

    /// <summary>
    /// The number of the delivery in the retry schedule; null for a message without a history, such as a replay.
    /// </summary>
    private static string? DeliveryOf(BrokerMessage message) =>
        message.Property(MessageProperties.HistoryMac) is string { Length: > 0 }
        && OutcomeRows.Cut(Convert.ToString(message.Property(MessageProperties.Delivery), CultureInfo.InvariantCulture))
            is { Length: > 0 } delivery
            ? delivery
            : null;

    // The page is an unnamed caller, so it can only disarm timeouts of unnamed callers.
    private static string? IdOf(BrokerMessage message, long sequenceNumber) =>
        message.Property(MessageProperties.Token) is string token
        && message.Property(MessageProperties.Caller) is null or ""
            ? new TimeoutId(sequenceNumber, token).ToString()
            : null;
}
