using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnrampFunctions.LocalHost.Json;

/// <summary>
/// Explains what is wrong with a document in terms of its fields and values, not of the types of this program.
/// </summary>
internal static class JsonWords
{
    /// <summary>Why an object cannot be deserialized to a type.</summary>
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
            return $"Unknown field {unknown}. Known fields: {string.Join(", ", names)}.";
        }

        return type.Properties.FirstOrDefault(field => IsAt(exception.Path, field.Name)) is { } wrong
            ? $"{wrong.Name} must be {Kind(wrong.PropertyType)}."
            : $"The value of {Place(exception)} has the wrong type.";
    }

    /// <summary>The place of a value.</summary>
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
