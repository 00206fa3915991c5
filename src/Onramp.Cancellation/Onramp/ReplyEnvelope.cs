using System.Globalization;
using System.Text;
using System.Text.Json;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// The relevant fields of Onramp's answer, read defensively: <c>data</c> may be an object or a string, ids and states
/// may be numbers or text, and any field may be missing.
/// </summary>
internal readonly record struct ReplyEnvelope
{
    private const int MaxDepth = 16;

    private static readonly decimal LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public int? Status { get; private init; }

    public int? Code { get; private init; }

    /// <summary>The words in the documented places: <c>error</c>, or else <c>data</c> as a plain string.</summary>
    public string? Error { get; private init; }

    public int? OrderStatus { get; private init; }

    /// <summary>The order's id as decimal text.</summary>
    public string? OrderId { get; private init; }

    /// <summary>When the time to pay the order ends.</summary>
    public DateTimeOffset? EndTime { get; private init; }

    /// <summary>
    /// Milliseconds since the Unix epoch, in an answer of the provider's clock, whose <c>data</c> is a number.
    /// </summary>
    public long? Time { get; private init; }

    /// <summary>
    /// Reads an answer. Returns false when it is not a single JSON object, or has neither a <c>status</c> that says
    /// whether the call succeeded nor an <c>error</c>: then it comes from somewhere else, such as a gateway.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out ReplyEnvelope envelope)
    {
        envelope = default;
        try
        {
            var reader = CreateReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                envelope = ReadField(ref reader, envelope);
            }

            // The reader rejects anything after the object.
            return reader.TokenType == JsonTokenType.EndObject
                && !reader.Read()
                && (envelope.Status is 0 or 1 || envelope.Error is not null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not valid Unicode.
            return false;
        }
    }

    /// <summary>
    /// Returns every text and every HTTP code anywhere in an answer that <see cref="TryRead"/> accepted.
    /// </summary>
    public static (IReadOnlyList<string> Texts, IReadOnlyList<int> Codes) ReadAll(ReadOnlySpan<byte> json)
    {
        var (texts, codes, isCode) = (new List<string>(), new List<int>(), false);
        var reader = CreateReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isCode = IsCode(reader.GetString()!);
                continue;
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
            {
                var text = Text(ref reader)!;
                if (isCode && Whole(text) is { } code and >= 400 and <= 599)
                {
                    codes.Add((int)code);
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    texts.Add(text);
                }
            }

            isCode = false;
        }

        return (texts, codes);
    }

    private static Utf8JsonReader CreateReader(ReadOnlySpan<byte> json) =>
        new(Utf8Text.WithoutMark(json), new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>
    /// Whether a name is <c>code</c>, <c>errorCode</c>, <c>status_code</c>, <c>httpStatus</c>, <c>error</c> or similar.
    /// </summary>
    private static bool IsCode(string name) =>
        name.EndsWith("code", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("status", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("error", StringComparison.OrdinalIgnoreCase);

    private static ReplyEnvelope ReadField(ref Utf8JsonReader reader, ReplyEnvelope envelope)
    {
        if (reader.ValueTextEquals("status"u8))
        {
            reader.Read();
            return envelope with { Status = Number(ref reader) };
        }

        if (reader.ValueTextEquals("code"u8))
        {
            reader.Read();
            return envelope with { Code = Number(ref reader) };
        }

        if (reader.ValueTextEquals("error"u8))
        {
            reader.Read();
            return envelope with { Error = Text(ref reader) ?? envelope.Error };
        }

        if (!reader.ValueTextEquals("data"u8))
        {
            reader.Skip();
            return envelope;
        }

        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject
            ? ReadOrder(ref reader, envelope)
            : ReadPlain(Text(ref reader), envelope);
    }

    private static ReplyEnvelope ReadPlain(string? data, ReplyEnvelope envelope) =>
        envelope with
        {
            Error = envelope.Error ?? data,
            Time = Whole(data) is { } time and >= 0 and <= long.MaxValue ? (long)time : null,
        };

    private static ReplyEnvelope ReadOrder(ref Utf8JsonReader reader, ReplyEnvelope envelope)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                envelope = envelope with { OrderStatus = Number(ref reader) };
            }
            else if (reader.ValueTextEquals("orderId"u8))
            {
                reader.Read();
                envelope = envelope with { OrderId = Id(ref reader) };
            }
            else if (reader.ValueTextEquals("endTime"u8))
            {
                reader.Read();
                envelope = envelope with { EndTime = Instant(ref reader) };
            }
            else
            {
                reader.Skip();
            }
        }

        return envelope;
    }

    /// <summary>
    /// Reads a whole number in any notation: <c>1</c>, <c>1.0</c>, <c>1e0</c>, <c>"1"</c>. Null for anything else,
    /// which is ignored.
    /// </summary>
    private static int? Number(ref Utf8JsonReader reader) =>
        Whole(Text(ref reader)) is { } whole && whole >= int.MinValue && whole <= int.MaxValue ? (int)whole : null;

    /// <summary>
    /// Reads an order id as decimal text, so that <c>1443</c>, <c>1443.0</c> and <c>"1443"</c> are the same order.
    /// </summary>
    private static string? Id(ref Utf8JsonReader reader) =>
        Text(ref reader) is { } text ? Whole(text)?.ToString("0", CultureInfo.InvariantCulture) ?? text : null;

    /// <summary>
    /// Reads seconds since the Unix epoch in any notation, without their fraction. Null for anything that is not a time
    /// after the epoch. Milliseconds would be a time after the year 9999, and are ignored too.
    /// </summary>
    private static DateTimeOffset? Instant(ref Utf8JsonReader reader) =>
        Decimal(Text(ref reader)) is { } seconds && seconds >= 1 && seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static decimal? Whole(string? text) =>
        Decimal(text) is { } number && decimal.IsInteger(number) ? number : null;

    private static decimal? Decimal(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }
}
