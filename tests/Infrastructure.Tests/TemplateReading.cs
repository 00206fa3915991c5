using System.Text.Json;

namespace Infrastructure.Tests;

internal static class TemplateReading
{
    /// <summary>Names of the settings in the parameter <c>tuning</c>.</summary>
    public static IEnumerable<string> EnumerateTuning(this JsonElement template) =>
        template
            .GetProperty("definitions")
            .EnumerateObject()
            .Single(d => d.Name.EndsWith("tuningType", StringComparison.Ordinal))
            .Value.GetProperty("properties")
            .EnumerateObject()
            .Select(p => p.Name);

    /// <summary>The role ids in the templates by name.</summary>
    public static JsonElement RoleTable(this JsonElement template) =>
        template.At("resources", "access", "properties", "template", "variables", "roleIds");
}
