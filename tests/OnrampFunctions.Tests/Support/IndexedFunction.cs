using System.Text.Json;

namespace OnrampFunctions.Tests;

/// <summary>A function as the Functions host sees it.</summary>
internal sealed record IndexedFunction(string Name, string EntryPoint, IReadOnlyList<JsonElement> Bindings)
{
    private static readonly string[] Silent = ["name", "direction", "type", "properties"];

    /// <summary>From the file that the build adds to the app.</summary>
    public static IReadOnlyList<IndexedFunction> OfDeployment() =>
        [
            .. from function in Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "functions.metadata")))
                .EnumerateArray()
            orderby function.GetProperty("name").GetString()
            select new IndexedFunction(
                function.GetProperty("name").GetString()!,
                function.GetProperty("entryPoint").GetString()!,
                [.. function.GetProperty("bindings").EnumerateArray()]
            ),
        ];

    /// <summary>From the code that the SDK generates for the app.</summary>
    public static async Task<IReadOnlyList<IndexedFunction>> OfWorkerAsync() =>
        [
            .. from function in await new GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync(
                AppContext.BaseDirectory
            )
            orderby function.Name
            select new IndexedFunction(function.Name!, function.EntryPoint!, [.. function.RawBindings!.Select(Parse)]),
        ];

    /// <summary>The name, and each binding with all its properties.</summary>
    public override string ToString() => $"{Name}: {string.Join(", ", Bindings.Select(Text))}";

    private static string Text(JsonElement binding) =>
        string.Join(
            ' ',
            binding
                .EnumerateObject()
                .Where(property => !Silent.Contains(property.Name))
                .OrderBy(property => property.Name, StringComparer.Ordinal)
                .Select(property => $"{property.Name}={property.Value}")
                .Prepend(binding.GetProperty("type").GetString())
        );

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
