using System.Globalization;
using System.Text.Json;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Rest;

/// <summary>The header <c>BrokerProperties</c>: a JSON object.</summary>
internal static class BrokerProperties
{
    public const string HeaderName = "BrokerProperties";

    // The REST API specifies HTTP dates; unambiguous ISO 8601 dates are accepted too.
    private static readonly string[] DateFormats =
    [
        "r",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
    ];

    /// <summary>Applies the properties that senders may set to a message, and ignores others, as Azure does.</summary>
    /// <param name="header">The header; null or empty for none.</param>
    /// <param name="message">The message without them.</param>
    /// <param name="dueAt">When it becomes visible; null for at once.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static BrokerMessage Apply(
        string? header,
        BrokerMessage message,
        out DateTimeOffset? dueAt,
        out string? fault
    )
    {
        (dueAt, fault) = (null, null);
        if (string.IsNullOrEmpty(header))
        {
            return message;
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            var properties = document.RootElement;
            if (properties.ValueKind != JsonValueKind.Object)
            {
                fault = "BrokerProperties is not a JSON object.";
                return message;
            }

            RefuseUnsupported(properties);
            dueAt = Instant(properties, "ScheduledEnqueueTimeUtc");
            return message with
            {
                MessageId = Id(properties, "MessageId") ?? message.MessageId,
                CorrelationId = Text(properties, "CorrelationId"),
                Subject = Text(properties, "Label"),
                To = Text(properties, "To"),
                ReplyTo = Text(properties, "ReplyTo"),
                SessionId = Id(properties, "SessionId"),
                ReplyToSessionId = Id(properties, "ReplyToSessionId"),
                PartitionKey = Id(properties, "PartitionKey"),
                TimeToLive = Seconds(properties, "TimeToLive") ?? message.TimeToLive,
            };
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            fault = exception is FormatException ? exception.Message : "BrokerProperties is not valid JSON.";
            return message;
        }
    }

    /// <summary>
    /// The content type of a message, if a header can carry it; otherwise it is among the broker properties.
    /// </summary>
    public static string? ContentTypeOf(BrokerMessage message) =>
        HasPlainContentType(message) ? message.ContentType : "application/octet-stream";

    /// <summary>Writes the broker properties of a received message in ASCII.</summary>
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

            foreach (
                var (name, value) in ((string, string?)[])
                    [
                        ("To", message.Message.To),
                        ("ReplyTo", message.Message.ReplyTo),
                        ("SessionId", message.Message.SessionId),
                        ("ReplyToSessionId", message.Message.ReplyToSessionId),
                        ("PartitionKey", message.Message.PartitionKey),
                        ("ContentType", HasPlainContentType(message.Message) ? null : message.Message.ContentType),
                    ]
            )
            {
                if (value is not null)
                {
                    json.WriteString(name, value);
                }
            }

            if (message.Message.TimeToLive < TimeSpan.MaxValue)
            {
                json.WriteNumber("TimeToLive", message.Message.TimeToLive.TotalSeconds);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.ASCII.GetString(stream.ToArray());
    }

    private static bool HasPlainContentType(BrokerMessage message) =>
        !message.ContentType.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string? Text(JsonElement properties, string name)
    {
        if (!properties.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new FormatException($"{name} is not a string.");
    }

    private static string? Id(JsonElement properties, string name)
    {
        var id = Text(properties, name);
        return id?.Length is not (0 or > BrokerLimits.MaxIdLength)
            ? id
            : throw new FormatException($"{name} must have 1 to {BrokerLimits.MaxIdLength} characters.");
    }

    private static TimeSpan? Seconds(JsonElement properties, string name)
    {
        if (!properties.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !(seconds > 0))
        {
            throw new FormatException($"{name} is not a number of seconds above 0.");
        }

        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
    }

    private static DateTimeOffset? Instant(JsonElement properties, string name)
    {
        if (Text(properties, name) is not { } text)
        {
            return null;
        }

        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(
            text.Trim(),
            DateFormats,
            CultureInfo.InvariantCulture,
            utc,
            out var instant
        )
            ? instant
            : throw new FormatException(
                $"{name} is not a date and time, such as \"Sun, 06 Nov 2033 08:49:37 GMT\" or \"2033-11-06T08:49:37Z\"."
            );
    }

    private static void RefuseUnsupported(JsonElement properties)
    {
        if (
            properties.TryGetProperty("ForcePersistence", out var persistence)
            && persistence.ValueKind is not (JsonValueKind.False or JsonValueKind.Null)
        )
        {
            throw new FormatException("ForcePersistence can only be false: the emulator keeps messages in memory.");
        }

        if (Text(properties, "ViaPartitionKey") is not null)
        {
            throw new FormatException("ViaPartitionKey needs transactions, which the emulator does not have.");
        }

        if (
            Text(properties, "SessionId") is { } session
            && Text(properties, "PartitionKey") is { } key
            && session != key
        )
        {
            throw new FormatException("SessionId and PartitionKey must be the same when both are set.");
        }
    }
}
