using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>All texts of the service during a run: logs, responses, events, telemetry and messages.</summary>
public sealed class RecordedTexts
{
    private const string HashField = "hash";
    private const string Subject = "cloudEvents_subject";

    private readonly ConcurrentQueue<(string Where, string Text, bool IsJson)> _all = [];

    /// <summary>The number of texts.</summary>
    public int Count => _all.Count;

    /// <summary>Adds a line of the log.</summary>
    public void AddLine(string line, Exception? exception) =>
        _all.Enqueue(("a log line", exception is null ? line : $"{line}: {exception}", false));

    /// <summary>Adds the texts of a span, a metric or a log record.</summary>
    public void AddExported(string where, IEnumerable<string?> texts) =>
        _all.Enqueue(($"an exported {where}", string.Join('\n', texts), false));

    /// <summary>Adds an HTTP response.</summary>
    public void AddAnswer(HttpResponseMessage answer, string body)
    {
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            _all.Enqueue(($"header {name} of an answer", string.Join(',', values), false));
        }

        _all.Enqueue(("an answer", body, true));
    }

    /// <summary>Adds an outcome event.</summary>
    public void AddEvent(ServiceBusReceivedMessage message)
    {
        AddProperties("an event", message.ApplicationProperties);
        _all.Enqueue(("the ids of an event", $"{message.MessageId} {message.CorrelationId} {message.Subject}", false));
        _all.Enqueue(("an event", message.Body.ToString(), true));
    }

    /// <summary>Adds the properties of a message or a dead letter, without its body, which is the caller's.</summary>
    public void AddProperties(string where, IEnumerable<KeyValuePair<string, object?>> properties)
    {
        foreach (var (name, value) in properties.Where(static property => property.Value is string))
        {
            _all.Enqueue(($"{name} of {where}", (string)value!, false));
        }
    }

    /// <summary>The places that contain secrets, with the first such text.</summary>
    public IEnumerable<Violation> Find(Secrets secrets) =>
        from said in _all
        from text in said.IsJson ? Texts(said.Text) : [(Field: "", said.Text)]
        let found = secrets.Find(text.Text) & ~Allowed(said.Where, text.Field)
        where found != SecretKind.None
        group text.Text by (said.Where, text.Field, found) into told
        select new Violation(
            Promises.Told,
            [$"{told.Key.found} in {told.Key.Where}{told.Key.Field}, {told.Count()} times; the first:", told.First()]
        );

    /// <summary>A hash is allowed in the response to a caller who sent it, and in the event.</summary>
    private static SecretKind Allowed(string where, string field) =>
        field.EndsWith($"/{HashField}", StringComparison.Ordinal)
        || where.StartsWith($"{Subject} of an event", StringComparison.Ordinal)
            ? SecretKind.Hash
            : SecretKind.None;

    /// <summary>
    /// The unescaped texts of a JSON document with their positions. A document that is not JSON is one text.
    /// </summary>
    private static IEnumerable<(string Field, string Text)> Texts(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. Walk("", document.RootElement)];
        }
        catch (JsonException)
        {
            return [("", body)];
        }
    }

    private static IEnumerable<(string Field, string Text)> Walk(string field, JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member => Walk($"{field}/{member.Name}", member.Value)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Walk(field, item)),
            JsonValueKind.String => [(field, element.GetString()!)],
            _ => [],
        };
}
