using System.Text.Json;
using System.Xml;

namespace Infrastructure.Tests;

internal static class JsonReading
{
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            element = element.GetProperty(name);
        }

        return element;
    }

    public static string Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path).GetString()!;

    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path).GetBoolean();

    /// <summary>An ISO 8601 duration, as Azure writes times.</summary>
    public static TimeSpan Duration(this JsonElement element, params ReadOnlySpan<string> path) =>
        XmlConvert.ToTimeSpan(element.Text(path));
}
