using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Contracts;

/// <summary>
/// The service's contracts for tools: the schemas as they are kept, and the two documents, made from the tables that
/// the code itself goes by.
/// </summary>
internal static class ContractDocuments
{
    private const string Folder = "Schemas.";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Every JSON Schema (2020-12), by name.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Schemas { get; } = ReadSchemas();

    private static readonly Lazy<byte[]> OpenApiBytes = new(static () => Write(OpenApi.Create()));
    private static readonly Lazy<byte[]> AsyncApiBytes = new(static () => Write(AsyncApi.Create()));
    private static readonly FrozenDictionary<string, byte[]> SchemaBytes = Schemas.ToFrozenDictionary(
        static schema => schema.Key,
        static schema => Write(schema.Value)
    );

    /// <summary>OpenAPI 3.1 of the HTTP side.</summary>
    public static ReadOnlyMemory<byte> OpenApiDocument => OpenApiBytes.Value;

    /// <summary>AsyncAPI 3.0 of the queue and the topic.</summary>
    public static ReadOnlyMemory<byte> AsyncApiDocument => AsyncApiBytes.Value;

    /// <summary>One schema; null when there is none of that name.</summary>
    public static ReadOnlyMemory<byte>? Schema(string? name) =>
        name is not null && SchemaBytes.TryGetValue(name, out var bytes)
            ? new ReadOnlyMemory<byte>(bytes)
            : (ReadOnlyMemory<byte>?)null;

    /// <summary>Some schemas as the components of a document, which says once which dialect they are in.</summary>
    public static JsonObject Components(IEnumerable<string> names) =>
        new(
            names
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(static name =>
                {
                    var copy = Schemas[name].DeepClone().AsObject();
                    copy.Remove("$schema");
                    return KeyValuePair.Create(name, (JsonNode?)copy);
                })
        );

    private static Dictionary<string, JsonNode> ReadSchemas()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var schemas = assembly
            .GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .ToDictionary(
                static name => name[Folder.Length..^".json".Length],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                    return JsonNode.Parse(reader.ReadToEnd())!;
                }
            );

        // The table of problems is the only list of their types.
        schemas["problem"]["properties"]!["type"]!["enum"] = new JsonArray([
            .. ProblemType.All.Select(static type => (JsonNode)(ProblemType.Prefix + type.Code)),
        ]);
        return schemas;
    }

    private static byte[] Write(JsonNode document)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            document.WriteTo(json);
        }

        return stream.ToArray();
    }
}
