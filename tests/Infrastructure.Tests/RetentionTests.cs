namespace Infrastructure.Tests;

/// <summary>Protection against loss: resources, deleted data and platform logs.</summary>
public sealed class RetentionTests(Compilation bicep)
{
    [Fact]
    public void Keeps_prod_from_being_deleted_and_dev_not()
    {
        Assert.Equal(
            ["namespaces", "storageAccounts", "vaults"],
            bicep["prod"]
                .OfType("Microsoft.Authorization/locks")
                .Select(l => l.Text("id").Split("/providers/")[^2].Split('/')[1])
                .Order()
        );
        Assert.All(
            bicep["prod"].OfType("Microsoft.Authorization/locks"),
            l => Assert.Equal("CanNotDelete", l.Text("properties", "level"))
        );
        Assert.Empty(bicep["dev"].OfType("Microsoft.Authorization/locks"));
    }

    [Fact]
    public void Has_deleted_function_keys_back_for_a_week()
    {
        var blobs = bicep["prod"].Only("Microsoft.Storage/storageAccounts/blobServices").GetProperty("properties");

        Assert.All(
            ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"],
            policy => Assert.Equal((true, 7), (blobs.Flag(policy, "enabled"), blobs.At(policy, "days").GetInt32()))
        );
    }

    /// <summary>The app cannot create its tables: its client needs reflection for that.</summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Makes_every_table_that_the_code_uses_and_no_other(string parameters) =>
        Assert.Equal(
            Enum.GetNames<RowTable>().Order(),
            bicep[parameters]
                .OfType("Microsoft.Storage/storageAccounts/tableServices/tables")
                .Select(static table => table.Text("name").Split('/')[^1])
                .Order()
        );

    [Theory]
    [InlineData(
        "prod",
        "AppServiceAuthenticationLogs",
        "FunctionAppLogs",
        "OperationalLogs",
        "StorageDelete",
        "StorageWrite"
    )]
    [InlineData(
        "extremes",
        "AppServiceAuthenticationLogs",
        "FunctionAppLogs",
        "OperationalLogs",
        "RuntimeAuditLogs",
        "StorageDelete",
        "StorageWrite"
    )]
    [InlineData("reader")]
    public void Keeps_what_the_platform_says(string parameters, params string[] categories) =>
        Assert.Equal(
            categories,
            from setting in bicep[parameters].OfType("Microsoft.Insights/diagnosticSettings")
            where setting.Text("name") == "platform"
            from log in setting.At("properties", "logs").EnumerateArray()
            where log.Flag("enabled")
            orderby log.Text("category")
            select log.Text("category")
        );

    [Fact]
    public void Keeps_the_audit_log_of_secret_reads_with_other_logs_off()
    {
        var audit = Assert.Single(
            bicep["reader"].OfType("Microsoft.Insights/diagnosticSettings"),
            s => s.Text("name") == "audit"
        );

        var log = Assert.Single(audit.At("properties", "logs").EnumerateArray());
        Assert.Equal(("audit", true), (log.Text("categoryGroup"), log.Flag("enabled")));
    }

    [Fact]
    public void Keeps_logs_and_deleted_secrets_for_three_months()
    {
        var workspace = bicep["prod"].Only("Microsoft.OperationalInsights/workspaces").At("properties");
        Assert.Equal(
            (90, 10),
            (workspace.At("retentionInDays").GetInt32(), workspace.At("workspaceCapping", "dailyQuotaGb").GetInt32())
        );
        Assert.Equal(
            90,
            bicep["prod"].Only("Microsoft.KeyVault/vaults").At("properties", "softDeleteRetentionInDays").GetInt32()
        );
    }

    [Theory]
    [InlineData("prod", null)]
    [InlineData("extremes", "RollingUpdate")]
    public void Lets_running_work_finish_only_when_configured(string parameters, string? strategy)
    {
        var config = bicep[parameters].Only("Microsoft.Web/sites").At("properties", "functionAppConfig");

        Assert.Equal(
            strategy,
            config.TryGetProperty("siteUpdateStrategy", out var update)
            && update.ValueKind == System.Text.Json.JsonValueKind.Object
                ? update.Text("type")
                : null
        );
    }

    /// <summary>
    /// A namespace cannot change its tier
    /// [learn.microsoft.com/azure/service-bus-messaging/service-bus-premium-messaging]: so the other tier needs another
    /// name.
    /// </summary>
    [Fact]
    public void Makes_a_premium_namespace_beside_the_standard_one() =>
        Assert.NotEqual(
            bicep["prod"].Only("Microsoft.ServiceBus/namespaces").Text("name"),
            bicep["extremes"].Only("Microsoft.ServiceBus/namespaces").Text("name")
        );
}
