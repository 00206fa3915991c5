using System.Net.Mime;
using System.Runtime.InteropServices;
using System.Text.Json;
using CloudNative.CloudEvents.SystemTextJson;

namespace Onramp.Cancellation;

/// <summary>What a message's envelope says: the request's id, its body, its trace; or why it cannot be read.</summary>
internal readonly record struct Envelope
{
    public string? EventId { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string? TraceParent { get; init; }

    public string? Fault { get; init; }

    public static Envelope Broken(string fault) => new() { Fault = fault };
}

/// <summary>
/// Unwraps CloudEvents 1.0: structured (<c>application/cloudevents+json</c>) or AMQP binary mode (<c>cloudEvents_*</c> or <c>cloudEvents:*</c> properties). A
/// message that is neither is its own body.
/// </summary>
internal static class CloudEventReader
{
    private const string StructuredType = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch+json";

    private static readonly JsonEventFormatter Formatter = new(
        new JsonSerializerOptions(), new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });

    public static Envelope Read(InboundMessage message)
    {
        if (IsOfType(message.ContentType, StructuredType))
        {
            return ReadStructured(message.Body);
        }

        if (IsOfType(message.ContentType, BatchType))
        {
            return Envelope.Broken("A batch of CloudEvents cannot be taken: send one event a message.");
        }

        return Attribute(message, "specversion") is null && Attribute(message, "id") is null
            ? new Envelope { Body = message.Body }
            : ReadBinary(message);
    }

    private static Envelope ReadStructured(ReadOnlyMemory<byte> body)
    {
        try
        {
            var cloudEvent = Formatter.DecodeStructuredModeMessage(body, new ContentType(StructuredType), extensionAttributes: null);
            var data = cloudEvent.Data switch
            {
                JsonElement json => JsonMarshal.GetRawUtf8Value(json).ToArray(),
                byte[] bytes => bytes,
                _ => null,
            };
            return data is null
                ? Envelope.Broken("The CloudEvent has no JSON data.")
                : new Envelope { EventId = cloudEvent.Id, Body = data, TraceParent = cloudEvent["traceparent"] as string };
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            return Envelope.Broken($"The message is not a structured CloudEvent 1.0: {LogText.Of(exception.Message)}");
        }
    }

    private static Envelope ReadBinary(InboundMessage message)
    {
        string[] required = ["id", "source", "type"];
        var missing = required.Where(name => string.IsNullOrEmpty(Attribute(message, name))).ToList();
        if (missing.Count > 0)
        {
            return Envelope.Broken($"The CloudEvent lacks {string.Join(", ", missing.Select(static name => "cloudEvents_" + name))}.");
        }

        return Attribute(message, "specversion") == "1.0"
            ? new Envelope { EventId = Attribute(message, "id"), Body = message.Body }
            : Envelope.Broken("cloudEvents_specversion is not 1.0.");
    }

    private static string? Attribute(InboundMessage message, string name)
        => message.Properties.TryGetValue("cloudEvents_" + name, out var value) || message.Properties.TryGetValue("cloudEvents:" + name, out value)
            ? value as string ?? value?.ToString()
            : null;

    private static bool IsOfType(string? contentType, string type)
        => contentType is not null
           && contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase)
           && (contentType.Length == type.Length || contentType[type.Length] is ';' or ' ');
}
