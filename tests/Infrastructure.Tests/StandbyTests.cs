using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>An app in a second region takes over without a deployment to the region that is lost.</summary>
public sealed class StandbyTests(Compilation bicep)
{
    private const string Primary = "abcdefghijklm";
    private const string TableContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";

    [Fact]
    public void Creates_only_what_is_lost_with_the_region()
    {
        string[] copied = ["Microsoft.ServiceBus", "Microsoft.KeyVault", "Microsoft.Cache"];

        Assert.Contains(bicep.Standby.Resources, resource => resource.Text("type") == "Microsoft.Web/sites");
        Assert.DoesNotContain(
            bicep.Standby.Resources,
            resource => copied.Contains(resource.Text("type").Split('/')[0], StringComparer.Ordinal)
        );
        Assert.Empty(bicep.Standby.OfType("Microsoft.Storage/storageAccounts/tableServices/tables"));
    }

    /// <summary>
    /// Everything that the first app reads is read by the second one, at the same place: the names survive a failover.
    /// </summary>
    [Fact]
    public void Uses_the_queue_the_tables_and_the_secrets_of_the_first_app()
    {
        var settings = bicep.Standby.AppSettings();

        // The suffixes are those of the cloud, which only a deployment knows.
        Assert.StartsWith(
            $"sb-onramp-cancel-p-{Primary}.",
            settings["ServiceBus__fullyQualifiedNamespace"],
            StringComparison.Ordinal
        );
        Assert.Contains($"stcancel{Primary}'", settings["Records__TableServiceUri"], StringComparison.Ordinal);
        Assert.Contains($"kv-cancel-{Primary}'", settings["KeyVault__VaultUri"], StringComparison.Ordinal);
        Assert.DoesNotContain(Primary, settings["AzureWebJobsStorage__accountName"], StringComparison.Ordinal);
    }

    [Fact]
    public void Has_the_settings_and_the_rights_of_prod_besides()
    {
        var standby = bicep.Standby.AppSettings();
        var prod = bicep["prod"].AppSettings();

        Assert.Equal(
            [
                "AzureWebJobs.CancelOrderFromQueue.Disabled",
                "AzureWebJobs.DeleteExpiredRecords.Disabled",
                "AzureWebJobs.RecordOutcome.Disabled",
                "Records__TableServiceUri",
            ],
            standby.Keys.Except(prod.Keys).Order(StringComparer.Ordinal)
        );
        Assert.Empty(prod.Keys.Except(standby.Keys));
        Assert.Equal(prod["Callers__Names__0"], standby["Callers__Names__0"]);
        Assert.Equal(Roles(bicep["prod"]).Append(TableContributor).Order(StringComparer.Ordinal), Roles(bicep.Standby));
    }

    /// <summary>Every function that starts without a caller, so that two apps do not share the work unnoticed.</summary>
    [Fact]
    public void Starts_no_function_but_those_that_are_called()
    {
        var disabled =
            from setting in bicep.Standby.AppSettings()
            where setting.Key.EndsWith(".Disabled", StringComparison.Ordinal) && setting.Value == "true"
            select setting.Key.Split('.')[1];

        Assert.Equal(FunctionsWithoutCallers().Order(StringComparer.Ordinal), disabled.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Roles(Snapshot snapshot) =>
        snapshot.RoleAssignments().Select(static right => right.RoleId).Order(StringComparer.Ordinal);

    private static IEnumerable<string> FunctionsWithoutCallers() =>
        from file in Directory.EnumerateFiles(Repository.PathOf("src/OnrampFunctions"), "*.cs")
        from Match function in Regex.Matches(
            File.ReadAllText(file),
            """\[Function\("(?<name>\w+)"\)\][^;]*?\[(ServiceBus|Timer)Trigger""",
            RegexOptions.ExplicitCapture
        )
        select function.Groups["name"].Value;
}
