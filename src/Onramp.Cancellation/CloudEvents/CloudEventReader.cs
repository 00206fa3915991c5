using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.CloudEvents;

/// <summary>
/// Unwraps CloudEvents 1.0. Structured mode is <c>application/cloudevents+json</c>, or a JSON object with
/// <c>specversion</c> under any content type, because many senders omit it. A batch may hold one event. Binary mode is
/// <c>cloudEvents_*</c> or <c>cloudEvents:*</c> properties in AMQP and <c>ce-*</c> headers in HTTP. The SDK validates
/// the attributes in every mode. Anything else is taken as a bare body.
/// </summary>
public static class CloudEventReader
{
    private const string StructuredType = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch+json";

    private static readonly string[] Prefixes = ["cloudEvents_", "cloudEvents:"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private static readonly JsonEventFormatter Formatter = new(new JsonSerializerOptions(), Strict);

    /// <summary>The prefix of headers that carry attributes, in any case.</summary>
    public const string HeaderPrefix = "ce-";

    /// <summary>Whether a media type is that of an event or of a batch of events.</summary>
    public static bool IsEventType(string? contentType) =>
        MediaType.IsOfType(contentType, StructuredType) || MediaType.IsOfType(contentType, BatchType);

    /// <summary>Whether an application property carries an attribute of an event.</summary>
    internal static bool IsAttribute(string name) =>
        Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads a message (AMQP binding 1.0.2).</summary>
    public static Envelope Read(InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Read(
            message.ContentType,
            message.Body,
            message.Properties.Select(Attribute),
            TraceContext.Of(message.Properties)
        );
    }

    /// <summary>Reads a request (HTTP binding 1.0.2).</summary>
    /// <param name="contentType">The media type; null for none.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">The headers that begin with <see cref="HeaderPrefix"/>, unchanged.</param>
    /// <param name="trace">The trace that the request belongs to, unless its event names another.</param>
    public static Envelope Read(
        string? contentType,
        ReadOnlyMemory<byte> body,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        TraceParent trace
    ) => Read(contentType, body, headers.Count == 0 ? [] : headers.Select(Attribute), trace);

    private static Envelope Read(
        string? contentType,
        ReadOnlyMemory<byte> body,
        IEnumerable<(string? Name, string Value)> named,
        TraceParent trace
    )
    {
        try
        {
            if (MediaType.IsOfType(contentType, BatchType))
            {
                return ReadBatch(body, trace);
            }

            if (MediaType.IsOfType(contentType, StructuredType))
            {
                return ReadStructured(body, trace);
            }

            List<(string Name, string Value)>? attributes = null;
            foreach (var (name, value) in named)
            {
                if (name is not null and not "traceparent" and not "tracestate")
                {
                    (attributes ??= []).Add((name, value));
                }
            }

            if (attributes is not null)
            {
                return ReadBinary(attributes, body, trace);
            }

            return HasSpecVersion(body.Span)
                ? ReadStructured(body, trace)
                : new Envelope { Body = body, Trace = trace };
        }
        catch (Exception exception)
            when (exception is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            return Envelope.Broken($"This is not a CloudEvent 1.0: {Words(exception)}");
        }
    }

    /// <summary>The SDK's message without the part that addresses programmers.</summary>
    private static string Words(Exception exception) =>
        exception switch
        {
            JsonException { LineNumber: not null } json => JsonFault.Of(json),
            ArgumentException { ParamName: { } name } => LogText.Of(
                exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            ),
            _ => LogText.Of(exception.Message),
        };

    private static Envelope ReadBatch(ReadOnlyMemory<byte> body, TraceParent trace)
    {
        using var batch = JsonDocument.Parse(Utf8Text.WithoutMark(body), Strict);
        return batch.RootElement is { ValueKind: JsonValueKind.Array } events && events.GetArrayLength() == 1
            ? OfStructured(events[0], trace)
            : Envelope.Broken(
                "A batch must contain exactly one event: configure the sender to deliver events one by one."
            );
    }

    private static Envelope ReadStructured(ReadOnlyMemory<byte> body, TraceParent trace)
    {
        using var document = JsonDocument.Parse(Utf8Text.WithoutMark(body), Strict);
        return OfStructured(document.RootElement, trace);
    }

    private static Envelope OfStructured(JsonElement structured, TraceParent trace)
    {
        var cloudEvent = Formatter.ConvertFromJsonElement(
            WithCanonicalAttributes(structured),
            extensionAttributes: null
        );
        var data = cloudEvent.Data switch
        {
            JsonElement json => JsonMarshal.GetRawUtf8Value(json).ToArray(),
            byte[] bytes => bytes,
            _ => null,
        };
        var own = new TraceParent(cloudEvent["traceparent"] as string, cloudEvent["tracestate"] as string);
        return data is null
            ? Envelope.Broken("The CloudEvent has no JSON data.")
            : Of(cloudEvent, data, own.TryRead(out _) ? own : trace);
    }

    private static Envelope ReadBinary(
        List<(string Name, string Value)> attributes,
        ReadOnlyMemory<byte> data,
        TraceParent trace
    )
    {
        if (attributes.Find(static attribute => attribute.Name == "specversion").Value is not "1.0")
        {
            return Envelope.Broken("This is not a CloudEvent 1.0: its specversion is not 1.0.");
        }

        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0);
        foreach (var (name, value) in attributes)
        {
            if (name != "specversion")
            {
                cloudEvent.SetAttributeFromString(name, Canonical(name, value));
            }
        }

        return Of(cloudEvent.Validate(), data, trace);
    }

    /// <summary>
    /// The event with its attributes in the spelling that the SDK reads. Almost every event already has it.
    /// </summary>
    private static JsonElement WithCanonicalAttributes(JsonElement json)
    {
        JsonObject? respelt = null;
        foreach (var name in (ReadOnlySpan<string>)["time", "datacontenttype"])
        {
            if (
                json.ValueKind == JsonValueKind.Object
                && json.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                && value.GetString()! is var text
                && Canonical(name, text) is var canonical
                && canonical != text
            )
            {
                respelt ??= JsonObject.Create(json)!;
                respelt[name] = canonical;
            }
        }

        if (respelt is null)
        {
            return json;
        }

        using var document = JsonDocument.Parse(respelt.ToJsonString(), Strict);
        return document.RootElement.Clone();
    }

    /// <summary>
    /// An attribute's value in the spelling that the SDK reads. The SDK rejects lower-case letters and leap seconds in
    /// a time, which RFC 3339 allows, and treats JSON as text when its media type has a capital letter.
    /// </summary>
    private static string Canonical(string name, string value) =>
        name switch
        {
            "time" when TimingText.TryReadInstant(value, out var time) => PropertyValue.Text(time.UtcDateTime),
            "datacontenttype" => MediaType.Canonical(value),
            _ => value,
        };

    private static Envelope Of(CloudEvent cloudEvent, ReadOnlyMemory<byte> data, TraceParent trace) =>
        new()
        {
            EventId = cloudEvent.Id,
            Source = cloudEvent.Source!.OriginalString,
            Body = data,
            Trace = trace,
        };

    /// <summary>
    /// The attribute that a property carries (AMQP binding, section 3.1.3.1); empty for any other property.
    /// </summary>
    private static (string? Name, string Value) Attribute(KeyValuePair<string, object> property) =>
        Array.Find(Prefixes, prefix => property.Key.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix
            ? (property.Key[prefix.Length..].ToLowerInvariant(), PropertyValue.Text(property.Value))
            : default;

    /// <summary>
    /// The attribute that a header carries (HTTP binding, section 3.1.3); empty for any other header.
    /// </summary>
    private static (string? Name, string Value) Attribute(KeyValuePair<string, string> header) =>
        HttpUtilities.GetAttributeNameFromHeaderName(header.Key) is { } name ? (name, Decode(header.Value)) : default;

    /// <summary>
    /// Decodes percent-encoding (section 3.1.3.2). The JavaScript SDK does not encode, so a value that is not validly
    /// encoded is used unchanged.
    /// </summary>
    private static string Decode(string value)
    {
        try
        {
            return HttpUtilities.DecodeHeaderValue(value);
        }
        catch (ArgumentException)
        {
            return value;
        }
    }

    /// <summary>
    /// Whether a body is a JSON object with <c>specversion</c>, which every structured event has and no request has.
    /// </summary>
    private static bool HasSpecVersion(ReadOnlySpan<byte> body)
    {
        // Reading further would parse every bare message twice.
        if (body.IndexOf("\"specversion\""u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(Utf8Text.WithoutMark(body));
        try
        {
            while (reader.Read())
            {
                if (
                    reader.TokenType == JsonTokenType.PropertyName
                    && reader.CurrentDepth == 1
                    && reader.ValueTextEquals("specversion"u8)
                )
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: the reader of the body reports that.
        }

        return false;
    }
}
