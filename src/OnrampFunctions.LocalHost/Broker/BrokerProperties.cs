using System.Globalization;
using System.Text.Json;

namespace OnrampFunctions.Local.Broker;

/// <summary>The REST API's header <c>BrokerProperties</c>: a JSON object.</summary>
internal static class BrokerProperties
{
    public const string HeaderName = "BrokerProperties";


    /// <summary>What a sender may set; properties that the broker sets itself, and unknown ones, are passed over, as in Azure.</summary>
    public readonly record struct Sent(string? MessageId, string? CorrelationId, string? Label, DateTimeOffset? ScheduledEnqueueTimeUtc);

    /// <summary>Reads the header; says what is wrong in <paramref name="fault"/>, or leaves that null.</summary>
    public static Sent Read(string? header, out string? fault)
    {
        fault = null;
        if (string.IsNullOrEmpty(header))
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            var properties = document.RootElement;
            if (properties.ValueKind != JsonValueKind.Object)
            {
                fault = "BrokerProperties is not a JSON object.";
                return default;
            }

            Sent sent = new(Text(properties, "MessageId"), Text(properties, "CorrelationId"), Text(properties, "Label"), Instant(properties));
            fault = sent.MessageId?.Length is 0 or > BrokerLimits.MaxMessageIdLength ? $"MessageId must have 1 to {BrokerLimits.MaxMessageIdLength} characters." : null;
            return sent;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            fault = exception is FormatException ? exception.Message : "BrokerProperties is not valid JSON.";
            return default;
        }
    }

    /// <summary>The media type of a message's body, as a header can carry it; one that no header can carry is among the properties.</summary>
    public static string? ContentTypeOf(BrokerMessage message) => HasPlainContentType(message) ? message.ContentType : "application/octet-stream";

    /// <summary>Writes what the broker knows of a message that is received: ASCII, whatever the message has.</summary>
    public static string Write(LockedMessage message)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("DeliveryCount", message.DeliveryCount);
            json.WriteString("EnqueuedTimeUtc", message.EnqueuedTime.ToString("R", CultureInfo.InvariantCulture));
            json.WriteString("MessageId", message.Message.MessageId);
            json.WriteNumber("SequenceNumber", message.SequenceNumber);
            if (message.Message.CorrelationId is { } correlationId)
            {
                json.WriteString("CorrelationId", correlationId);
            }

            if (message.Message.Subject is { } label)
            {
                json.WriteString("Label", label);
            }

            if (!HasPlainContentType(message.Message))
            {
                json.WriteString("ContentType", message.Message.ContentType);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.ASCII.GetString(stream.ToArray());
    }

    private static bool HasPlainContentType(BrokerMessage message) => !message.ContentType.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string? Text(JsonElement properties, string name)
    {
        if (!properties.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"{name} is not a string.");
    }

    private static DateTimeOffset? Instant(JsonElement properties)
    {
        const string name = "ScheduledEnqueueTimeUtc";
        if (Text(properties, name) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw new FormatException($"{name} is not a date and time, such as \"Sun, 06 Nov 2033 08:49:37 GMT\" or \"2033-11-06T08:49:37Z\".");
    }
}
