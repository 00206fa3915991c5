using System.Text.Json;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Reads outcome events. Anyone can publish anything on the topic: other messages are shown unchanged.
/// </summary>
internal static class OutcomeRows
{
    private const int MaxTextLength = 300;

    public static OutcomeView Of(long number, BrokerMessage message, DateTimeOffset at)
    {
        OutcomeView row = new()
        {
            Number = number,
            PublishedAt = at,
            MessageId = Cut(message.MessageId),
            Outcome = Cut(message.Property(OutcomeProperties.Outcome) as string),
            Trigger = Cut(message.Property(OutcomeProperties.Trigger) as string),
            RequestId = Cut(message.CorrelationId),
            Record = message.Property(OutcomeProperties.Record) is string id && RequestRecord.IsId(id) ? id : null,
        };
        try
        {
            using var document = JsonDocument.Parse(message.Body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                Read(row, document.RootElement);
                return row;
            }
        }
        catch (JsonException) { }

        row.Body = BodyOf(message);
        return row;
    }

    /// <summary>An outcome of the records.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="record">The id of its request's record, if it is known.</param>
    public static OutcomeView Of(RecordedOutcome outcome, string? record)
    {
        var row = outcome.Outcome.Row();
        return new OutcomeView
        {
            Number = 0,
            PublishedAt = outcome.CompletedAt,
            MessageId = outcome.EventId,
            RequestId = outcome.RequestId,
            Record = record,
            OrderId = outcome.OrderId,
            Outcome = row.Name,
            ReasonCode = row.ReasonCode,
            Trigger = outcome.Trigger,
            Caller = outcome.Caller,
            Reason = outcome.Reason,
            Detail = outcome.Detail,
            OrderStatus = (int?)outcome.OrderStatus,
            Attempts = outcome.Attempts,
            RequestedAt = outcome.RequestedAt,
            CompletedAt = outcome.CompletedAt,
        };
    }

    /// <summary>The start of a body, as text.</summary>
    public static string BodyOf(BrokerMessage message) =>
        Cut(System.Text.Encoding.UTF8.GetString(message.Body.Span[..Math.Min(message.Body.Length, 4 * MaxTextLength)]));

    /// <summary>Shortens a text to what the page shows, without splitting a character.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text) =>
        text is { Length: > MaxTextLength }
            ? text[..(char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength)] + "…"
            : text;

    private static void Read(OutcomeView row, JsonElement data)
    {
        row.OrderId = Text(data, "orderId");
        row.Hash = Text(data, "hash");
        row.ReasonCode = Text(data, "reasonCode");
        row.Caller = Text(data, "caller");
        row.Reason = Text(data, "reason");
        row.Detail = Text(data, "detail");
        row.OrderStatus = Number(data, "orderStatus");
        row.Attempts = Number(data, "attempts");
        row.RequestedAt = Instant(data, "requestedAt");
        row.CompletedAt = Instant(data, "completedAt");
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Cut(value.GetString())
            : null;

    private static int? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;

    private static DateTimeOffset? Instant(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetDateTimeOffset(out var instant)
            ? instant
            : null;
}
