using System.Globalization;
using System.Net.Mime;
using System.Runtime.InteropServices;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Queueing;

/// <summary>What a message's envelope says: the event's source and id, its body, its trace; or why it cannot be read.</summary>
internal readonly record struct Envelope
{
    /// <summary>The event's id; null for what is no event.</summary>
    public string? EventId { get; init; }

    /// <summary>The event's source; null for what is no event.</summary>
    public string? Source { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public TraceParent Trace { get; init; }

    public string? Fault { get; init; }

    public static Envelope Broken(string fault) => new() { Fault = fault };
}

/// <summary>
/// Unwraps CloudEvents 1.0: structured (<c>application/cloudevents+json</c>, or a JSON object with <c>specversion</c> whatever it is called: many senders
/// leave the content type out) or AMQP binary mode (<c>cloudEvents_*</c> or <c>cloudEvents:*</c> properties). The SDK's own rules say which attributes are
/// valid, in either mode. A message that is neither is its own body.
/// </summary>
internal static class CloudEventReader
{
    private const string StructuredType = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch+json";

    private static readonly string[] Prefixes = ["cloudEvents_", "cloudEvents:"];

    private static readonly JsonEventFormatter Formatter = new(
        new JsonSerializerOptions(), new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });

    public static Envelope Read(InboundMessage message)
    {
        if (IsOfType(message.ContentType, BatchType))
        {
            return Envelope.Broken("A batch of CloudEvents cannot be taken: send one event a message.");
        }

        try
        {
            var isStructured = IsOfType(message.ContentType, StructuredType);
            if (!isStructured && message.Properties.Keys.Any(static name => AttributeName(name) is not null and not "traceparent" and not "tracestate"))
            {
                return ReadBinary(message);
            }

            return isStructured || HasSpecVersion(message.Body.Span) ? ReadStructured(message) : new Envelope { Body = message.Body, Trace = TraceContext.Of(message.Properties) };
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            return Envelope.Broken($"The message is not a CloudEvent 1.0: {LogText.Of(exception.Message)}");
        }
    }

    private static Envelope ReadStructured(InboundMessage message)
    {
        var cloudEvent = Formatter.DecodeStructuredModeMessage(Utf8Text.WithoutMark(message.Body), new ContentType(StructuredType), extensionAttributes: null);
        var data = cloudEvent.Data switch
        {
            JsonElement json => JsonMarshal.GetRawUtf8Value(json).ToArray(),
            byte[] bytes => bytes,
            _ => null,
        };
        var trace = new TraceParent(cloudEvent["traceparent"] as string, cloudEvent["tracestate"] as string);
        return data is null
            ? Envelope.Broken("The CloudEvent has no JSON data.")
            : Of(cloudEvent, data, trace.TryRead(out _) ? trace : TraceContext.Of(message.Properties));
    }

    private static Envelope ReadBinary(InboundMessage message)
    {
        var attributes = message.Properties
            .Select(static property => (Name: AttributeName(property.Key), property.Value))
            .Where(static attribute => attribute.Name is not null)
            .ToLookup(static attribute => attribute.Name!, static attribute => Text(attribute.Value));
        if (attributes["specversion"].FirstOrDefault() is not "1.0")
        {
            return Envelope.Broken("The message is not a CloudEvent 1.0: cloudEvents_specversion is not 1.0.");
        }

        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0);
        foreach (var attribute in attributes.Where(static attribute => attribute.Key is not "specversion"))
        {
            cloudEvent.SetAttributeFromString(attribute.Key, attribute.First());
        }

        return Of(cloudEvent.Validate(), message.Body, TraceContext.Of(message.Properties));
    }

    private static Envelope Of(CloudEvent cloudEvent, ReadOnlyMemory<byte> data, TraceParent trace)
        => new() { EventId = cloudEvent.Id, Source = cloudEvent.Source!.OriginalString, Body = data, Trace = trace };

    /// <summary>The attribute that a property carries (AMQP binding, section 3.1.3.1); null for any other property.</summary>
    private static string? AttributeName(string property)
        => Array.Find(Prefixes, prefix => property.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? property[prefix.Length..].ToLowerInvariant() : null;

    private static string Text(object value) => value switch
    {
        DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Whether a body is a JSON object with the one member that every structured event has, and no request has.</summary>
    private static bool HasSpecVersion(ReadOnlySpan<byte> body)
    {
        // Reading on would cost every bare message a second parse.
        if (body.IndexOf("\"specversion\""u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(Utf8Text.WithoutMark(body));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("specversion"u8))
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: whoever reads the body says so.
        }

        return false;
    }

    private static bool IsOfType(string? contentType, string type)
        => contentType is not null
           && contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase)
           && (contentType.Length == type.Length || contentType[type.Length] is ';' or ' ');
}
