using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnrampFunctions.LocalHost.Json;

/// <summary>
/// What is wrong with a document, in the words of the person who wrote it: fields and kinds of values, not the types of
/// this program.
/// </summary>
internal static class JsonWords
{
    /// <summary>What keeps a body, which is an object, from being a document of a type.</summary>
    public static string Of(JsonException exception, JsonElement body, JsonTypeInfo type)
    {
        var names = type.Properties.Select(static field => field.Name).ToList();
        if (
            body.EnumerateObject()
                .Select(static field => field.Name)
                .FirstOrDefault(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)) is
            { } unknown
        )
        {
            return $"There is no field {unknown} here; there are: {string.Join(", ", names)}.";
        }

        return type.Properties.FirstOrDefault(field => IsAt(exception.Path, field.Name)) is { } wrong
            ? $"{wrong.Name} must be {Kind(wrong.PropertyType)}."
            : $"The value of {Place(exception)} is not of the kind that belongs there.";
    }

    /// <summary>Where a value is, of which nothing better can be said.</summary>
    public static string Place(JsonException exception) =>
        exception.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 } path ? path : "the file";

    private static bool IsAt(string? path, string field) =>
        path is not null
        && path.StartsWith($"$.{field}", StringComparison.OrdinalIgnoreCase)
        && (path.Length == field.Length + 2 || path[field.Length + 2] is '.' or '[');

    private static string Kind(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var text when text == typeof(string) => "a string",
            var truth when truth == typeof(bool) => "true or false",
            var number when number == typeof(int) => "a whole number",
            var time when time == typeof(TimeSpan) => "a time in hours, minutes and seconds, as in \"00:00:02\"",
            var texts when texts == typeof(IReadOnlyList<string>) => "an array of strings",
            _ => "an object of numbers, as in {\"slow\":0.1}",
        };
}
