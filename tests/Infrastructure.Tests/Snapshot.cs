using System.Text.Json;

namespace Infrastructure.Tests;

/// <summary>The resources of a deployment, with all expressions evaluated that are known in advance.</summary>
public sealed class Snapshot(JsonElement root)
{
    public IReadOnlyList<JsonElement> Resources { get; } = [.. root.GetProperty("predictedResources").EnumerateArray()];

    public IEnumerable<JsonElement> OfType(string type) => Resources.Where(r => r.Text("type") == type);

    /// <summary>Every alert, of whatever kind.</summary>
    public IEnumerable<JsonElement> Alerts =>
        Resources.Where(r =>
            r.Text("type")
                is "Microsoft.Insights/metricAlerts"
                    or "Microsoft.Insights/scheduledQueryRules"
                    or "Microsoft.Insights/activityLogAlerts"
                    or "Microsoft.EventGrid/systemTopics/eventSubscriptions"
                    or "Microsoft.Consumption/budgets"
        );

    public JsonElement Only(string type) => Assert.Single(OfType(type));

    public JsonElement Named(string type, string lastName) =>
        Assert.Single(OfType(type), r => r.Text("name").Split('/')[^1] == lastName);

    public IReadOnlyDictionary<string, string> AppSettings() =>
        Named("Microsoft.Web/sites/config", "appsettings")
            .GetProperty("properties")
            .EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetString()!);

    /// <summary>What the app reads: these settings, and the defaults of the code for all others.</summary>
    public IReadOnlyDictionary<string, string> EffectiveSettings()
    {
        var settings = Repository
            .Json("local.settings.sample.json")
            .GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetString()!);
        foreach (var (name, value) in AppSettings())
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>All queues and topics, as <c>type/name</c>.</summary>
    public IEnumerable<string> Entities() =>
        from type in (string[])["queues", "topics"]
        from entity in OfType($"Microsoft.ServiceBus/namespaces/{type}")
        select $"{type}/{entity.Text("name").Split('/')[^1]}";

    /// <summary>
    /// Role id, scope as <c>type/name</c>, and principal. Name and id of an assignment are known only when its
    /// principal is: its scope is the first text of the expression.
    /// </summary>
    public IEnumerable<(string RoleId, string Scope, string Principal)> RoleAssignments() =>
        from assignment in OfType("Microsoft.Authorization/roleAssignments")
        let scope = assignment.Text("id").Split("/providers/Microsoft.Authorization/")[0].Split('\'', 3)
            is [_, var first, _]
            ? first
            : assignment.Text("id").Split("/providers/Microsoft.Authorization/")[0]
        let parts = scope.Split("/providers/")[^1].Split('/')
        select (
            assignment.Text("properties", "roleDefinitionId").Split('/')[^1],
            $"{parts[^2]}/{parts[^1]}",
            assignment.Text("properties", "principalId")
        );
}
