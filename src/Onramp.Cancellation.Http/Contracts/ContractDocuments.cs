using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Onramp.Cancellation.Http.Contracts;

/// <summary>
/// The service's contracts for tools: the JSON Schemas, and the OpenAPI and AsyncAPI documents with the schemas that
/// they refer to. Tests compare all of them with the code.
/// </summary>
internal static class ContractDocuments
{
    private const string SchemaFolder = "Schemas/";

    private static readonly Assembly Resources = typeof(ContractDocuments).Assembly;
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private static readonly Lazy<byte[]> OpenApiDocument = new(static () => Compose("openapi.json"));
    private static readonly Lazy<byte[]> AsyncApiDocument = new(static () => Compose("asyncapi.json"));

    /// <summary>The names of the JSON Schemas, in order.</summary>
    public static IReadOnlyList<string> SchemaNames { get; } =
    [
        .. Resources
            .GetManifestResourceNames()
            .Where(static resource => resource.StartsWith(SchemaFolder, StringComparison.Ordinal))
            .Select(static resource => Path.GetFileNameWithoutExtension(resource))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>OpenAPI 3.1 of the HTTP API.</summary>
    public static ReadOnlyMemory<byte> OpenApi => OpenApiDocument.Value;

    /// <summary>AsyncAPI 3.0 of the queue and the topic.</summary>
    public static ReadOnlyMemory<byte> AsyncApi => AsyncApiDocument.Value;

    /// <summary>Reads one JSON Schema (2020-12), one of <see cref="SchemaNames"/>.</summary>
    public static byte[] ReadSchema(string name) => Read($"{SchemaFolder}{name}.json");

    /// <summary>
    /// A document as one file: each reference to a schema's file becomes that schema. The document declares the dialect
    /// of all of them.
    /// </summary>
    private static byte[] Compose(string file)
    {
        var document = JsonNode.Parse(Read(file))!;
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var name in schemas.Select(static schema => schema.Key).ToList())
        {
            var schema = JsonNode.Parse(ReadSchema(name))!.AsObject();
            schema.Remove("$schema");
            schemas[name] = schema;
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            document.WriteTo(json);
        }

        return stream.ToArray();
    }

    private static byte[] Read(string resource)
    {
        using var stream = Resources.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
