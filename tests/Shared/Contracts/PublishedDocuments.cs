using System.Globalization;
using System.Text.Json;
using Json.Schema;

namespace Onramp.Testing.Contracts;

/// <summary>The contracts that a level publishes, and checks of its behaviour against them.</summary>
internal sealed class PublishedDocuments
{
    private static readonly EvaluationOptions Options = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private readonly JsonElement _openApi;
    private readonly Dictionary<string, JsonSchema> _schemas;

    private PublishedDocuments(JsonElement openApi, JsonElement asyncApi)
    {
        _openApi = openApi;
        _schemas = SchemasOf(openApi)
            .Concat(SchemasOf(asyncApi))
            .ToDictionary(
                static schema => schema.Name,
                static schema => JsonSchema.FromText(schema.Value.GetRawText())
            );
    }

    public IEnumerable<string> SchemaNames => _schemas.Keys;

    public JsonElement OpenApi => _openApi;

    public static async Task<PublishedDocuments> ReadAsync(IContractHost host) =>
        new(await GetAsync(host, "/api/openapi.json"), await GetAsync(host, "/api/asyncapi.json"));

    /// <summary>Fails unless the document allows the status, media type and body of the response.</summary>
    public void AssertDescribes(ContractRequest request, ContractAnswer answer)
    {
        var item = _openApi
            .GetProperty("paths")
            .EnumerateObject()
            .Single(path => Matches(path.Name, request.Path))
            .Value;
        if (!item.TryGetProperty(request.Method.ToLowerInvariant(), out var operation))
        {
            Assert.Equal(405, answer.Status);
            AssertValid("problem", answer.Body);
            return;
        }

        var responses = operation.GetProperty("responses");
        Assert.True(
            responses.TryGetProperty(answer.Status.ToString(CultureInfo.InvariantCulture), out var response),
            $"{request.Method} {request.Path} is not said to answer {answer.Status}."
        );
        if (answer.Problem is { } code)
        {
            Assert.Contains(
                $"urn:onramp-cancel:problem:{code}:",
                response.GetProperty("description").GetString() + ":",
                StringComparison.Ordinal
            );
        }

        // Event Grid gets, for the end of a subscription, a 200 without a body.
        if (answer.Body.Length > 0 && response.TryGetProperty("content", out var content))
        {
            var media = content.GetProperty(answer.Header("Content-Type")!);
            AssertValid(media.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1], answer.Body);
        }
    }

    /// <summary>The outcome in the data of an event.</summary>
    public string OutcomeOf(string data)
    {
        AssertValid("outcome-event", data);
        using var document = JsonDocument.Parse(data);
        return document.RootElement.GetProperty("outcome").GetString()!;
    }

    /// <summary>Validates a document against a schema.</summary>
    public bool IsValid(string schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        return _schemas[schema].Evaluate(document.RootElement, Options).IsValid;
    }

    private static async Task<JsonElement> GetAsync(IContractHost host, string path)
    {
        var answer = await host.SendAsync(
            new()
            {
                Method = "GET",
                Path = path,
                ContentType = null,
            }
        );
        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.Clone();
    }

    private static JsonElement.ObjectEnumerator SchemasOf(JsonElement document) =>
        document.GetProperty("components").GetProperty("schemas").EnumerateObject();

    private void AssertValid(string schema, string json) =>
        Assert.True(IsValid(schema, json), $"Not as the schema {schema} has it: {json}");

    private static bool Matches(string template, string path)
    {
        var (parts, given) = (template.Split('/'), path.Split('/'));
        return parts.Length == given.Length
            && parts.Zip(given).All(static pair => pair.First.StartsWith('{') || pair.First == pair.Second);
    }
}
