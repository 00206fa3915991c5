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

    public static EntryRow Row(PeekedMessage entry)
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
            RecordOf(entry),
            isTimeout,
            isTimeout && entry.State == MessageState.Scheduled ? DisarmableOrderOf(message) : null,
            OutcomeRows.Cut(message.Property(BrokerMessage.DeadLetterReasonName) as string),
            OutcomeRows.Cut(message.Property(BrokerMessage.DeadLetterErrorDescriptionName) as string)
        );
    }

    /// <summary>
    /// The number of the delivery in the retry schedule; null for a message without a history, such as a replay.
    /// </summary>
    public static string? DeliveryOf(BrokerMessage message) =>
        message.Property(MessageProperties.HistoryMac) is string { Length: > 0 }
        && OutcomeRows.Cut(Convert.ToString(message.Property(MessageProperties.Delivery), CultureInfo.InvariantCulture))
            is { Length: > 0 } delivery
            ? delivery
            : null;

    /// <summary>
    /// The order of an alarm, as in the path of its timeout. The page is an unnamed caller, so it can only disarm
    /// timeouts of unnamed callers.
    /// </summary>
    private static string? DisarmableOrderOf(BrokerMessage message) =>
        message.Property(MessageProperties.Version) is string
        && message.Property(MessageProperties.Caller) is null or ""
            ? OrderOf(message)
            : null;

    /// <summary>
    /// The order of a message, as in the path of its timeout: its id, or <c>hash:</c> and its hash. Null for a body
    /// that names none.
    /// </summary>
    public static string? OrderOf(BrokerMessage message)
    {
        try
        {
            using var body = JsonDocument.Parse(message.Body);
            var fields = body.RootElement;
            if (fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty("data", out var data))
            {
                // The message is a CloudEvent in structured mode.
                fields = data;
            }

            return Text(fields, "orderId") ?? (Text(fields, "hash") is { } hash ? $"hash:{hash}" : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It is not JSON, or has text that is not Unicode.
            return null;
        }
    }

    /// <summary>The id of the record of the request that a message is about.</summary>
    public static string RecordOf(PeekedMessage entry) => DeadLetterReplay.RecordId(entry.ToInbound());

    /// <inheritdoc cref="RecordOf(PeekedMessage)"/>
    public static string RecordOf(BrokerMessage message) => RecordOf(default(PeekedMessage) with { Message = message });

    private static string? Text(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? OutcomeRows.Cut(value.GetString())
            : null;
}
