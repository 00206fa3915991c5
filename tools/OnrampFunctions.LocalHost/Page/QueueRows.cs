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
            isTimeout && entry.State == MessageState.Scheduled ? OrderOf(message) : null,
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

    /// <summary>
    /// The order of an alarm, as in the path of its timeout. The page is an unnamed caller, so it can only disarm
    /// timeouts of unnamed callers.
    /// </summary>
    private static string? OrderOf(BrokerMessage message)
    {
        if (
            message.Property(MessageProperties.Version) is not string
            || message.Property(MessageProperties.Caller) is not (null or "")
        )
        {
            return null;
        }

        try
        {
            using var body = JsonDocument.Parse(message.Body);
            return Text(body, "orderId") ?? (Text(body, "hash") is { } hash ? $"hash:{hash}" : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument body, string name) =>
        body.RootElement.ValueKind == JsonValueKind.Object
        && body.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? OutcomeRows.Cut(value.GetString())
            : null;
}
