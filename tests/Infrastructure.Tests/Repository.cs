using System.Reflection;
using System.Text.Json;

namespace Infrastructure.Tests;

/// <summary>Files of the repository under test.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value
        ?? "";

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Reads a JSON file, and skips the test if the file does not exist.</summary>
    public static JsonElement Json(string relative)
    {
        if (!File.Exists(PathOf(relative)))
        {
            Assert.Skip($"{relative} is not there.");
        }

        var options = new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };
        using JsonDocument document = JsonDocument.Parse(Read(relative), options);
        return document.RootElement.Clone();
    }
}
