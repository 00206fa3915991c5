using System.Text.Json;

namespace Infrastructure.Tests;

public sealed class AccessTests(Compilation bicep)
{
    /// <summary>Ids of built-in roles, from the list that Microsoft publishes ("Azure built-in roles").</summary>
    private static readonly Dictionary<string, string> Published = new()
    {
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Azure Service Bus Data Receiver",
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Azure Service Bus Data Sender",
        ["090c5cfd-751d-490a-894a-3ce6f1109419"] = "Azure Service Bus Data Owner",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["76199698-9eea-4c19-bc75-cec21354c6b6"] = "Storage Table Data Reader",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["b24988ac-6180-42a0-ab88-20f7382dd24c"] = "Contributor",
        ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635"] = "Owner",
    };

    private static readonly string[] Environments = ["dev", "prod"];

    [Fact]
    public void Gives_the_identity_these_rights_and_no_others()
    {
        Snapshot prod = bicep["prod"];

        Assert.Equal(
            new[]
            {
                (
                    "Azure Service Bus Data Owner",
                    $"namespaces/{prod.Only("Microsoft.ServiceBus/namespaces").Text("name")}"
                ),
                ("Key Vault Secrets User", $"vaults/{prod.Only("Microsoft.KeyVault/vaults").Text("name")}"),
                (
                    "Monitoring Metrics Publisher",
                    $"components/{prod.Only("Microsoft.Insights/components").Text("name")}"
                ),
                (
                    "Storage Blob Data Owner",
                    $"storageAccounts/{prod.Only("Microsoft.Storage/storageAccounts").Text("name")}"
                ),
                (
                    "Storage Table Data Contributor",
                    $"storageAccounts/{prod.Only("Microsoft.Storage/storageAccounts").Text("name")}"
                ),
            },
            Assignments(prod)
        );
    }

    [Theory]
    [InlineData("narrow")]
    [InlineData("reader")]
    public void Assigns_rights_only_on_queue_topic_and_subscription_when_configured(string parameters) =>
        Assert.Equal(
            new[]
            {
                ("Azure Service Bus Data Receiver", "queues/cancel-requests"),
                ("Azure Service Bus Data Receiver", "subscriptions/records"),
                ("Azure Service Bus Data Sender", "queues/cancel-requests"),
                ("Azure Service Bus Data Sender", "topics/cancel-results"),
            },
            Assignments(bicep[parameters]).Where(a => a.Role.StartsWith("Azure Service Bus", StringComparison.Ordinal))
        );

    [Theory]
    [InlineData("narrow")]
    [InlineData("reader")]
    public void Lets_the_app_send_to_every_queue_and_topic_it_makes(string parameters) =>
        Assert.Equal(
            bicep[parameters].Entities().Order(),
            Assignments(bicep[parameters])
                .Where(static a => a.Role == "Azure Service Bus Data Sender")
                .Select(static a => a.Scope)
                .Order()
        );

    [Fact]
    public void Gives_the_platform_sight_of_the_queue_by_a_role_made_for_it()
    {
        var (_, scope, _) = Assert.Single(
            bicep["reader"].RoleAssignments(),
            a => a.RoleId == "00000000-0000-0000-0000-0000000000aa"
        );

        Assert.StartsWith("namespaces/sb-", scope, StringComparison.Ordinal);
        Assert.DoesNotContain(
            bicep["narrow"].RoleAssignments(),
            a => a.Scope.StartsWith("namespaces/", StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// If the platform cannot read the length of the queue, it does not start the app reliably
    /// (MicrosoftDocs/azure-docs PR #128626).
    /// </summary>
    [Theory]
    [InlineData("param scaleAccess = 'queueOnly'", "needs alwaysReadyQueue of at least 1")]
    [InlineData("param scaleAccess = 'namespaceReader'", "needs scaleReaderRoleId")]
    public async Task Cannot_take_the_sight_of_the_queue_away_without_something_in_its_place(
        string parameter,
        string sentence
    )
    {
        BicepResult result = await bicep.EvaluateParametersAsync($"param alertEmail = 'none'\n{parameter}");

        Assert.Null(result.Output);
        Assert.Contains(sentence, result.Diagnostics, StringComparison.Ordinal);
    }

    /// <summary>
    /// The deployer may set the secrets while scripts/secrets.sh runs. A role of the template would stay.
    /// </summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Assigns_roles_to_the_app_alone(string parameters) =>
        Assert.All(
            bicep[parameters].RoleAssignments(),
            a => Assert.Contains("outputs.principalId.value", a.Principal, StringComparison.Ordinal)
        );

    /// <summary>scripts/tighten.sh removes from the app what is not listed, so a missing one would be removed.</summary>
    [Theory]
    [InlineData("prod")]
    [InlineData("narrow")]
    [InlineData("reader")]
    public void Lists_every_assignment_that_stays(string parameters)
    {
        JsonElement module = bicep.Template.At("resources", "access", "properties", "template");
        string listed = module.Text("outputs", "assignmentIds", "value");
        string[] assigned =
        [
            .. from resource in module.GetProperty("resources").EnumerateObject()
            where resource.Value.Text("type") == "Microsoft.Authorization/roleAssignments"
            select resource.Name,
        ];

        Assert.NotEmpty(bicep[parameters].RoleAssignments());
        Assert.All(
            assigned,
            name =>
                Assert.Contains(
                    module.Text("resources", name, "name").TrimStart('[').TrimEnd(']'),
                    listed,
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>
    /// A recreated identity has another principal under the same resource id, and the principal of an assignment cannot
    /// change (Azure/bicep-registry-modules #4802).
    /// </summary>
    [Fact]
    public void Names_every_assignment_after_its_principal() =>
        Assert.All(
            bicep["prod"].OfType("Microsoft.Authorization/roleAssignments"),
            a => Assert.Contains("outputs.principalId.value", a.Text("name"), StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Assigns_no_rights_on_resources(string parameters) =>
        Assert.DoesNotContain(Assignments(bicep[parameters]), a => a.Role is "Contributor" or "Owner");

    [Fact]
    public void Names_every_role_by_its_published_name()
    {
        JsonElement roles = bicep.Template.RoleTable();

        Assert.NotEmpty(roles.EnumerateObject());
        Assert.All(roles.EnumerateObject(), role => Assert.Equal(Published[role.Value.GetString()!], role.Name));
    }

    [Theory]
    [InlineData("Microsoft.ServiceBus/namespaces", "disableLocalAuth", true)]
    [InlineData("Microsoft.Insights/components", "DisableLocalAuth", true)]
    [InlineData("Microsoft.Storage/storageAccounts", "allowSharedKeyAccess", false)]
    [InlineData("Microsoft.Storage/storageAccounts", "allowBlobPublicAccess", false)]
    [InlineData("Microsoft.Storage/storageAccounts", "defaultToOAuthAuthentication", true)]
    [InlineData("Microsoft.Storage/storageAccounts", "allowCrossTenantReplication", false)]
    [InlineData("Microsoft.Storage/storageAccounts", "supportsHttpsTrafficOnly", true)]
    [InlineData("Microsoft.KeyVault/vaults", "enableRbacAuthorization", true)]
    [InlineData("Microsoft.KeyVault/vaults", "enableSoftDelete", true)]
    [InlineData("Microsoft.KeyVault/vaults", "enabledForDeployment", false)]
    [InlineData("Microsoft.KeyVault/vaults", "enabledForDiskEncryption", false)]
    [InlineData("Microsoft.KeyVault/vaults", "enabledForTemplateDeployment", false)]
    [InlineData("Microsoft.KeyVault/vaults", "enablePurgeProtection", true)]
    [InlineData("Microsoft.Web/sites", "httpsOnly", true)]
    [InlineData("Microsoft.OperationalInsights/workspaces", "features.disableLocalAuth", true)]
    public void Cannot_be_entered_with_a_key_or_in_the_clear(string type, string property, bool expected) =>
        Assert.All(
            Environments,
            p => Assert.Equal(expected, bicep[p].Only(type).At("properties").Flag(property.Split('.')))
        );

    [Theory]
    [InlineData("Microsoft.ServiceBus/namespaces", "minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.Storage/storageAccounts", "minimumTlsVersion", "TLS1_2")]
    [InlineData("Microsoft.Cache/redisEnterprise", "minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "siteConfig.minTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "siteConfig.scmMinTlsVersion", "1.2")]
    public void Cannot_be_entered_with_an_old_version_of_TLS(string type, string property, string version) =>
        Assert.Equal(version, bicep["extremes"].Only(type).At("properties").Text(property.Split('.')));

    [Fact]
    public void Cannot_be_deployed_to_with_a_password()
    {
        Assert.Equal(2, bicep["prod"].OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        Assert.All(
            bicep["prod"].OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            p => Assert.False(p.Flag("properties", "allow"))
        );
    }

    [Theory]
    [InlineData("listKeys")]
    [InlineData("listAccountSas")]
    [InlineData("SharedAccessKey")]
    [InlineData("AccountKey=")]
    [InlineData("vaults/secrets")]
    [InlineData("secureString")]
    [InlineData("@Microsoft.KeyVault")]
    public void Carries_no_secret(string trace) =>
        Assert.DoesNotContain(trace, bicep.Template.GetRawText(), StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Role, string Scope)> Assignments(Snapshot snapshot) =>
        snapshot
            .RoleAssignments()
            .Where(a => Published.ContainsKey(a.RoleId))
            .Select(a => (Role: Published[a.RoleId], a.Scope))
            .Order();
}
