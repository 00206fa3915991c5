using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>
/// Microsoft's "Naming rules and restrictions for Azure resources", with the longest names the parameters allow.
/// </summary>
public sealed class NamingTests(Compilation bicep)
{
    public static readonly TheoryData<string, string> Rules = new()
    {
        { "Microsoft.Storage/storageAccounts", "^[a-z0-9]{3,24}$" },
        { "Microsoft.Storage/storageAccounts/blobServices/containers", "^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$" },
        { "Microsoft.Storage/storageAccounts/tableServices/tables", "^[A-Za-z][A-Za-z0-9]{2,62}$" },
        { "Microsoft.KeyVault/vaults", "^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$" },
        { "Microsoft.ServiceBus/namespaces", "^[a-zA-Z](?!.*(-sb|-mgmt)$)[a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$" },
        { "Microsoft.ServiceBus/namespaces/queues", "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,258}[a-zA-Z0-9]$" },
        { "Microsoft.ServiceBus/namespaces/topics", "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,258}[a-zA-Z0-9]$" },
        { "Microsoft.ServiceBus/namespaces/topics/subscriptions", "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,48}[a-zA-Z0-9]$" },
        // 60 characters are allowed, but the host truncates its id to 32, and two apps with the same id conflict.
        { "Microsoft.Web/sites", "^[a-zA-Z0-9][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]$" },
        { "Microsoft.Web/serverfarms", "^[a-zA-Z0-9-]{1,60}$" },
        { "Microsoft.Network/virtualNetworks", "^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9_]$" },
        { "Microsoft.Network/privateEndpoints", "^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,78}[a-zA-Z0-9_]$" },
        { "Microsoft.ManagedIdentity/userAssignedIdentities", "^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$" },
        { "Microsoft.OperationalInsights/workspaces", "^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$" },
        { "Microsoft.Insights/components", "^[^%&\\\\?/]{1,259}[^%&\\\\?/ .]$" },
        { "Microsoft.Insights/metricAlerts", "^[^*#&+:<>?@%{}\\\\/|]{1,259}[^*#&+:<>?@%{}\\\\/| .]$" },
        { "Microsoft.Insights/scheduledQueryRules", "^[^*<>%{}&:\\\\?/#]{1,259}[^*<>%{}&:\\\\?/#| .]$" },
        { "Microsoft.Insights/workbooks", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
        { "Microsoft.Insights/activityLogAlerts", "^[^<*%&:?+/#\\\\]{1,259}[^<*%&:?+/#\\\\ .]$" },
        { "Microsoft.EventGrid/systemTopics", "^[a-zA-Z0-9-]{3,50}$" },
        { "Microsoft.EventGrid/systemTopics/eventSubscriptions", "^[a-zA-Z0-9-]{3,64}$" },
        { "Microsoft.Consumption/budgets", "^[a-zA-Z0-9_-]{1,63}$" },
        { "Microsoft.Cache/redisEnterprise", "^[a-zA-Z0-9](?!.*--)[a-zA-Z0-9-]{1,58}[a-zA-Z0-9]$" },
        { "Microsoft.Network/publicIPAddresses", "^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,78}[a-zA-Z0-9_]$" },
        { "Microsoft.Network/natGateways", "^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,78}[a-zA-Z0-9_]$" },
        { "Microsoft.Insights/actionGroups", "^[^/&%\\\\?]{1,259}[^/&%\\\\? .]$" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Obeys_the_rules_at_every_length(string type, string rule)
    {
        string[] names = [.. bicep["extremes"].OfType(type).Select(r => r.Text("name").Split('/')[^1])];

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches(new Regex(rule), name));
    }

    [Fact]
    public void Covers_every_type_that_has_a_name_of_its_own()
    {
        string[] fixedNames =
        [
            "Microsoft.Storage/storageAccounts/blobServices",
            "Microsoft.Storage/storageAccounts/tableServices",
            "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules",
            "Microsoft.Cache/redisEnterprise/databases",
            "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
            "Microsoft.Web/sites/config",
            "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
            "Microsoft.Insights/diagnosticSettings",
            "Microsoft.Authorization/roleAssignments",
            "Microsoft.Network/privateDnsZones",
            "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
            "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        ];

        Assert.Empty(
            bicep["extremes"]
                .Resources.Select(r => r.Text("type"))
                .Except(Rules.Select(r => r.Data.Item1))
                .Except(fixedNames)
        );
    }

    [Fact]
    public void Gives_two_resource_groups_different_names() =>
        Assert.Contains("uniqueString(resourceGroup().id)", bicep.Template.GetRawText(), StringComparison.Ordinal);
}
