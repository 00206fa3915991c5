using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Tests;

public sealed class SettingsTests(Compilation bicep)
{
    /// <summary>Read by the platform, the host or the SDKs.</summary>
    private static readonly string[] Platform =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AZURE_CLIENT_ID",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__tableServiceUri",
        "ServiceBus__clientId",
        "ServiceBus__credential",
        "ServiceBus__fullyQualifiedNamespace",
        "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
    ];

    /// <summary>Settings on a developer's machine that replace identities and addresses.</summary>
    private static readonly string[] LocalOnly = ["AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "ServiceBus"];

    /// <summary>The limit of calls a second, which is off unless an operator sets it.</summary>
    private static readonly string[] Limit =
    [
        "Onramp__CallsPerSecond",
        "Onramp__MaxInstances",
        "Onramp__SharedLimit__Redis",
    ];

    /// <summary>
    /// Lists that are empty unless an operator fills them, where an empty item would be an error, another account for
    /// the tables, and the limit of calls a second.
    /// </summary>
    private static readonly string[] NotInSample =
    [
        "Callers__Names__*",
        "Callers__AllowedOrigins__*",
        "Records__TableServiceUri",
        "Records__ConnectionString",
        .. Limit,
    ];

    /// <summary>
    /// An older package does not know the newer settings of a newer checkout, and a default has one place.
    /// </summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod", "Callers__Names__0", "Callers__RequestsPerMinute", "Callers__Signatures")]
    [InlineData(
        "extremes",
        "Callers__TrustPrincipal",
        "Onramp__CallsPerSecond",
        "Onramp__MaxConcurrentCalls",
        "Onramp__MaxInstances",
        "Onramp__SharedLimit__Redis"
    )]
    public void Sets_only_what_differs_from_the_defaults(string parameters, params string[] names) =>
        Assert.Equal(
            [.. CodeSettings.Entities.Append("KeyVault__VaultUri").Concat(names).Order(StringComparer.Ordinal)],
            bicep[parameters].AppSettings().Keys.Except(Platform).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Sets_only_what_the_code_reads() =>
        Assert.Empty(
            bicep["prod"]
                .AppSettings()
                .Keys.Except(Platform)
                .Select(CodeSettings.Fold)
                .Except([.. CodeSettings.Names, .. CodeSettings.Entities])
        );

    /// <summary>Otherwise a caller could set the headers that name it.</summary>
    [Fact]
    public void Trusts_the_headers_of_the_sign_in_only_once_it_is_on()
    {
        Assert.Equal("true", bicep["extremes"].AppSettings()["Callers__TrustPrincipal"]);
        Assert.Contains(
            "signIn",
            bicep.Template.At("resources", "settings", "dependsOn").EnumerateArray().Select(d => d.GetString())
        );
        Assert.DoesNotContain(
            "settings",
            bicep.Template.At("resources", "signIn", "dependsOn").EnumerateArray().Select(d => d.GetString())
        );
    }

    /// <summary>With zones the platform keeps two instances of each group ready, besides those on demand.</summary>
    [Fact]
    public void Counts_every_instance_that_calls_the_provider() =>
        Assert.Equal(
            4 + 2 * bicep.Template.At("parameters", "maximumInstanceCount", "defaultValue").GetInt32(),
            int.Parse(bicep["extremes"].AppSettings()["Onramp__MaxInstances"], CultureInfo.InvariantCulture)
        );

    [Fact]
    public void Sets_what_the_platform_needs() => Assert.Empty(Platform.Except(bicep["prod"].AppSettings().Keys));

    /// <summary>
    /// Above the limit of the Functions host (ScriptConstants.DefaultMaxRequestBodySize) callers get a 500 without a
    /// body, below it the app's 413.
    /// </summary>
    [Fact]
    public void Leaves_the_answer_to_a_large_body_to_the_app()
    {
        Assert.Equal(104_857_600, OrderApi.MaxUploadBytes);
        Assert.DoesNotContain("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", bicep["prod"].AppSettings().Keys);
    }

    [Fact]
    public void Local_sample_sets_every_setting_the_code_reads_and_no_other()
    {
        JsonElement values = Repository.Json("local.settings.sample.json").GetProperty("Values");
        IEnumerable<string> set = values
            .EnumerateObject()
            .Select(p => p.Name.Replace(":", "__"))
            .Except(LocalOnly)
            .Except(Platform)
            .Select(CodeSettings.Fold)
            .Distinct();

        Assert.Equal(CodeSettings.Names.Except(NotInSample).Concat(CodeSettings.Entities).Order(), set.Order());
    }

    /// <summary>Some settings have a parameter that also creates what they name.</summary>
    [Fact]
    public void Offers_every_other_setting_of_the_code_for_tuning()
    {
        IEnumerable<string> offered = bicep.Template.EnumerateTuning().Select(CodeSettings.Fold).Distinct();

        // The app uses the tables in its own storage account.
        Assert.Equal(
            CodeSettings
                .Names.Except([
                    "Callers__Names__*",
                    "Callers__TrustPrincipal",
                    "KeyVault__VaultUri",
                    "Onramp__MaxInstances",
                    "Onramp__SharedLimit__Redis",
                    "Records__ConnectionString",
                    "Records__TableServiceUri",
                ])
                .Order(),
            offered.Order()
        );
    }

    [Fact]
    public void Local_sample_shows_the_defaults_of_the_code()
    {
        var sample = Repository
            .Json("local.settings.sample.json")
            .GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetString()!);
        foreach (Type type in CodeSettings.OptionTypes)
        {
            object deployed = Options(type, sample);
            object defaults = Options(
                type,
                new Dictionary<string, string> { ["KeyVault__VaultUri"] = "https://example.vault.azure.net/" }
            );
            foreach (
                var property in type.GetProperties()
                    .Where(p => p.PropertyType.IsValueType || p.PropertyType == typeof(string) || p.Name == "BaseUrl")
            )
            {
                Assert.Equal(property.GetValue(defaults), property.GetValue(deployed));
            }
        }
    }

    [Fact]
    public void Lets_an_operator_change_one_setting() =>
        Assert.Equal("60", bicep["extremes"].AppSettings()["Onramp__MaxConcurrentCalls"]);

    [Fact]
    public void Names_no_setting_twice_with_different_case() =>
        Assert.Distinct(bicep["prod"].AppSettings().Keys, StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Points_all_three_parts_of_each_connection_at_the_one_identity()
    {
        IReadOnlyDictionary<string, string> settings = bicep["prod"].AppSettings();

        Assert.All(
            ["ServiceBus", "AzureWebJobsStorage"],
            c => Assert.Equal("managedidentity", settings[$"{c}__credential"])
        );
        Assert.All(
            ["ServiceBus__clientId", "AzureWebJobsStorage__clientId"],
            name => Assert.Equal(settings["AZURE_CLIENT_ID"], settings[name])
        );
        Assert.Equal(
            bicep["prod"].Only("Microsoft.Storage/storageAccounts").Text("name"),
            settings["AzureWebJobsStorage__accountName"]
        );
    }

    [Fact]
    public void Resolves_the_queue_by_a_name_without_sections() =>
        Assert.DoesNotContain(
            CodeSettings.Entities,
            name => name.Contains("__", StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal)
        );

    [Fact]
    public void Keeps_workers_out_of_the_placeholder_by_default() =>
        Assert.Equal("0", bicep["prod"].AppSettings()["WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED"]);

    [Fact]
    public void Reads_the_secrets_within_the_time_a_worker_has_to_start() =>
        Assert.InRange(
            TimeSpan.Parse(bicep["prod"].EffectiveSettings()["KeyVault__StartupBudget"], CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(25)
        );

    /// <summary>The options that the code binds and validates from app settings.</summary>
    private static object Options(Type type, IReadOnlyDictionary<string, string> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":"), (string?)Known(s)))
            )
            .Build();
        using ServiceProvider services = new ServiceCollection()
            .AddLogging()
            .AddOrderCancellation(configuration)
            .BuildServiceProvider();
        object options = services.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
        return options.GetType().GetProperty("Value")!.GetValue(options)!;

        // The address of the vault is known only after its creation.
        static string Known(KeyValuePair<string, string> setting) =>
            setting.Key == "KeyVault__VaultUri" ? "https://example.vault.azure.net/" : setting.Value;
    }
}
