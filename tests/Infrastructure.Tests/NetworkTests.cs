using System.Text.Json;

namespace Infrastructure.Tests;

/// <summary>Which resources are reachable from the internet, and which only from the virtual network.</summary>
public sealed class NetworkTests(Compilation bicep)
{
    private const string Vault = "Microsoft.KeyVault/vaults",
        Storage = "Microsoft.Storage/storageAccounts",
        Namespace = "Microsoft.ServiceBus/namespaces",
        App = "Microsoft.Web/sites";

    [Theory]
    [InlineData("prod", Vault, "Enabled")]
    [InlineData("prod", Storage, "Enabled")]
    [InlineData("prod", Namespace, "Enabled")]
    [InlineData("prod", App, "Enabled")]
    // From one address, for setting the secrets.
    [InlineData("narrow", Vault, "Enabled")]
    [InlineData("narrow", Storage, "Disabled")]
    // A Standard namespace has no private endpoints, so it would be unreachable if closed.
    [InlineData("narrow", Namespace, "Enabled")]
    [InlineData("narrow", App, "Enabled")]
    [InlineData("extremes", Vault, "Disabled")]
    [InlineData("extremes", Storage, "Disabled")]
    [InlineData("extremes", Namespace, "Disabled")]
    [InlineData("extremes", App, "Disabled")]
    public void Answers_to_the_internet_only_where_it_shall(string parameters, string type, string access) =>
        Assert.Equal(access, bicep[parameters].Only(type).Text("properties", "publicNetworkAccess"));

    [Theory]
    [InlineData("narrow", "blob", "table", "vault")]
    [InlineData("extremes", "blob", "namespace", "redisEnterprise", "sites", "table", "vault")]
    public void Gives_a_private_address_to_whatever_is_closed(string parameters, params string[] doors) =>
        Assert.Equal(
            doors,
            bicep[parameters]
                .OfType("Microsoft.Network/privateEndpoints")
                .Select(e =>
                    e.At("properties", "privateLinkServiceConnections")[0].At("properties", "groupIds")[0].GetString()
                )
                .Order()
        );

    /// <summary>
    /// Names of the zones: learn.microsoft.com/azure/private-link/private-endpoint-dns; the storage zone depends on the
    /// cloud.
    /// </summary>
    [Fact]
    public void Finds_private_addresses_by_the_names_that_clients_ask_for() =>
        Assert.Equal(
            [
                "[format('privatelink.blob.{0}', environment().suffixes.storage)]",
                "[format('privatelink.table.{0}', environment().suffixes.storage)]",
                "privatelink.azurewebsites.net",
                "privatelink.redis.azure.net",
                "privatelink.servicebus.windows.net",
                "privatelink.vaultcore.azure.net",
            ],
            bicep["extremes"]
                .OfType("Microsoft.Network/privateDnsZones")
                .Select(zone => zone.Text("name"))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Lets_one_address_set_the_secrets_of_a_closed_vault()
    {
        JsonElement rules = bicep["narrow"].Only(Vault).At("properties", "networkAcls");

        Assert.Equal(
            ("Deny", "None", "203.0.113.7"),
            (
                rules.Text("defaultAction"),
                rules.Text("bypass"),
                Assert.Single(rules.GetProperty("ipRules").EnumerateArray()).Text("value")
            )
        );
        Assert.Empty(bicep["prod"].Only(Vault).At("properties", "networkAcls", "ipRules").EnumerateArray());
    }

    /// <summary>
    /// Flex Consumption needs a subnet delegated to Microsoft.App/environments instead of Microsoft.Web/serverFarms.
    /// </summary>
    [Fact]
    public void Puts_the_app_into_a_subnet_of_its_own()
    {
        JsonElement subnet = bicep["extremes"].Only("Microsoft.Network/virtualNetworks").At("properties", "subnets")[0];

        Assert.Equal(("app", "10.100.0.0/26"), (subnet.Text("name"), subnet.Text("properties", "addressPrefix")));
        Assert.Equal(
            "Microsoft.App/environments",
            subnet.At("properties", "delegations")[0].Text("properties", "serviceName")
        );
        Assert.Contains(
            "appSubnetId",
            bicep["extremes"].Only(App).Text("properties", "virtualNetworkSubnetId"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Needs_no_network_by_default() =>
        Assert.DoesNotContain(
            bicep["prod"].Resources,
            r => r.Text("type").StartsWith("Microsoft.Network/", StringComparison.Ordinal)
        );

    [Fact]
    public void Requires_sign_in_when_configured_except_for_health()
    {
        JsonElement signIn = bicep["extremes"]
            .Named("Microsoft.Web/sites/config", "authsettingsV2")
            .GetProperty("properties");

        Assert.Equal("Return401", signIn.Text("globalValidation", "unauthenticatedClientAction"));
        Assert.Equal(
            "/api/health",
            Assert.Single(signIn.At("globalValidation", "excludedPaths").EnumerateArray()).GetString()
        );
        Assert.Contains(
            "api://00000000-0000-0000-0000-0000000000cc",
            signIn.At("identityProviders", "azureActiveDirectory", "validation", "allowedAudiences").GetRawText(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            bicep["prod"].OfType("Microsoft.Web/sites/config"),
            c => c.Text("name").EndsWith("/authsettingsV2", StringComparison.Ordinal)
        );
    }

    /// <summary>A landing zone has networks and DNS zones of its own, which a deployment may use but not change.</summary>
    [Theory]
    [InlineData("landed", true)]
    [InlineData("governed", false)]
    public void Creates_nothing_that_a_landing_zone_has(string parameters, bool records)
    {
        string[] types = [.. bicep[parameters].Resources.Select(r => r.Text("type"))];

        Assert.Equal(parameters == "governed", types.Contains("Microsoft.Network/virtualNetworks"));
        Assert.DoesNotContain("Microsoft.Network/privateDnsZones", types);
        Assert.Equal(records, types.Contains("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"));
        Assert.All(
            bicep["landed"].OfType("Microsoft.Network/privateEndpoints"),
            e =>
                Assert.EndsWith(
                    "/spoke/subnets/endpoints",
                    e.Text("properties", "subnet", "id"),
                    StringComparison.Ordinal
                )
        );
        Assert.EndsWith(
            "/spoke/subnets/app",
            bicep["landed"].Only(App).Text("properties", "virtualNetworkSubnetId"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Lets_only_callers_and_the_availability_test_in_when_configured()
    {
        JsonElement open = bicep["prod"].Only(App).At("properties", "siteConfig"),
            restricted = bicep["extremes"].Only(App).At("properties", "siteConfig");

        Assert.Equal("Allow", open.Text("ipSecurityRestrictionsDefaultAction"));
        Assert.Empty(open.GetProperty("ipSecurityRestrictions").EnumerateArray());
        Assert.Equal("Deny", restricted.Text("ipSecurityRestrictionsDefaultAction"));
        Assert.Equal(
            [("Default", "203.0.113.0/24"), ("ServiceTag", "ApplicationInsightsAvailability")],
            restricted
                .GetProperty("ipSecurityRestrictions")
                .EnumerateArray()
                .Select(rule => (rule.Text("tag"), rule.Text("ipAddress")))
        );
    }

    [Fact]
    public void Sends_from_one_address_when_configured() =>
        Assert.Contains(
            "natGateways",
            bicep["extremes"]
                .Only("Microsoft.Network/virtualNetworks")
                .At("properties", "subnets")[0]
                .Text("properties", "natGateway", "id"),
            StringComparison.Ordinal
        );

    [Fact]
    public void Shares_a_limit_without_a_key_for_it()
    {
        Assert.Empty(bicep["prod"].OfType("Microsoft.Cache/redisEnterprise"));
        JsonElement database = bicep["extremes"].Only("Microsoft.Cache/redisEnterprise/databases");
        Assert.Equal(
            ("Disabled", "Encrypted"),
            (database.Text("properties", "accessKeysAuthentication"), database.Text("properties", "clientProtocol"))
        );
        Assert.Equal(
            "Disabled",
            bicep["extremes"].Only("Microsoft.Cache/redisEnterprise").Text("properties", "publicNetworkAccess")
        );
    }

    [Fact]
    public async Task Cannot_share_a_limit_that_is_not_set()
    {
        BicepResult result = await bicep.EvaluateParametersAsync(
            "param alertEmail = 'none'\nparam sharedLimit = 'Balanced_B0'"
        );

        Assert.Null(result.Output);
        Assert.Contains("sharedLimit needs Onramp__CallsPerSecond", result.Diagnostics, StringComparison.Ordinal);
    }
}
