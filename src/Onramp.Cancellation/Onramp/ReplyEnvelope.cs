using System.Text.Json;

namespace Onramp.Cancellation;

/// <summary>
/// The fields of Onramp's answer that matter, read without trusting any of them: <c>data</c> may be an object or a plain
/// string, ids and states may be numbers or text, anything may be missing.
/// </summary>
internal readonly record struct ReplyEnvelope
{
    private const int MaxDepth = 16;

    public int? Status { get; private init; }

    public int? Code { get; private init; }

    public string? Error { get; private init; }

    public int? OrderStatus { get; private init; }

    public string? OrderId { get; private init; }

    /// <summary>Reads an answer; false when it is not one whole JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out ReplyEnvelope envelope)
    {
        envelope = default;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                envelope = ReadField(ref reader, envelope);
            }

            // Anything behind the object is refused by the reader.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not valid Unicode.
            return false;
        }
    }

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
            : envelope with { Error = envelope.Error ?? Text(ref reader) };
    }

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
                envelope = envelope with { OrderId = Text(ref reader) };
            }
            else
            {
                reader.Skip();
            }
        }

        return envelope;
    }

    private static int? Number(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt32(out var number):
                return number;
            case JsonTokenType.String when int.TryParse(reader.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var number):
                return number;
            default:
                reader.Skip();
                return null;
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }
}
