using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Tests;

/// <summary>Invalid settings stop the process at start, with one message for each that says what to do.</summary>
[Collection(nameof(Console))]
public sealed class StartupTests
{
    private const string WriteDuration = "write a duration as hh:mm:ss, for example 00:00:06";

    /// <summary>Invalid values, by the rule that they violate.</summary>
    public static TheoryData<string, string, string> BadValues =>
        new()
        {
            { "KeyVault__VaultUri", "", "KeyVault__VaultUri is missing" },
            { "KeyVault__VaultUri", "kv-test", "KeyVault__VaultUri must be an https address" },
            { "KeyVault__VaultUri", "http://kv-test.vault.azure.net/", "KeyVault__VaultUri must be an https address" },
            {
                "KeyVault__VaultUri",
                "https://kv-test.vault.azure.net/secrets/onramp-api-key",
                "KeyVault__VaultUri must be an https address without a path"
            },
            {
                "KeyVault__VaultUri",
                "https://portal.azure.com/#@tenant/resource/kv-test",
                "KeyVault__VaultUri must be an https address without a path"
            },
            {
                "KeyVault__VaultUri",
                "https://user:password@kv-test.vault.azure.net/",
                "KeyVault__VaultUri must be an https address"
            },
            {
                "KeyVault__VaultUri",
                "/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-test",
                "KeyVault__VaultUri must be an https address"
            },
            {
                "KeyVault__ApiKeySecretName",
                "a b",
                "KeyVault__ApiKeySecretName must be the name of the Key Vault secret"
            },
            {
                "KeyVault__ApiKeySecretName",
                "",
                "KeyVault__ApiKeySecretName must be the name of the Key Vault secret with the API key"
            },
            {
                "KeyVault__ApiSecretSecretName",
                "",
                "KeyVault__ApiSecretSecretName must be the name of the Key Vault secret with the API secret"
            },
            { "KeyVault__ApiSecretSecretName", "ONRAMP-api-key", "must name three different secrets" },
            { "KeyVault__StartupBudget", "00:01:00", "KeyVault__StartupBudget must be between" },
            { "Onramp__BaseUrl", "http://api.onramp.money", "Onramp__BaseUrl must be an https address" },
            { "Onramp__BaseUrl", "https://api.onramp.money/path", "Onramp__BaseUrl must be an https address" },
            { "Onramp__BaseUrl", "https://user@api.onramp.money", "Onramp__BaseUrl must be an https address" },
            { "Onramp__BaseUrl", "https://api.onramp.money/?a=1", "Onramp__BaseUrl must be an https address" },
            { "Onramp__BaseUrl", "https://api.onramp.money/#a", "Onramp__BaseUrl must be an https address" },
            { "Onramp__BaseUrl", "api.onramp.money", "Onramp__BaseUrl must be an https address" },
            { "Onramp__CallTimeout", "00:00:09", "Onramp__TotalBudget must leave time" },
            { "Onramp__CallsPerSecond", "-1", "Onramp__CallsPerSecond must be between 0 and 10,000" },
            { "Onramp__CallsPerSecond", "10000.1", "Onramp__CallsPerSecond must be between 0 and 10,000" },
            { "Onramp__CallsPerSecond", "0.09", "Onramp__CallsPerSecond must be at least 0.1, or 0 for no limit" },
            { "Onramp__MaxInstances", "-1", "Onramp__MaxInstances must be between 0 and 10,000" },
            {
                "Onramp__SharedLimit__Redis",
                "localhost:6379",
                "Onramp__SharedLimit__Redis needs Onramp__CallsPerSecond (the limit of all instances together) and Onramp__MaxInstances"
            },
            { "Onramp__MaxRetries", "-1", "Onramp__MaxRetries must be between" },
            { "Queue__RetryDelays__0", "00:00:00", "Queue__RetryDelays__0, __1, … must be" },
            { "Queue__RetryDelays__0", "1.00:00:01", "Queue__RetryDelays__0, __1, … must be" },
            { "Queue__GiveUpAfter", "14.00:00:01", "Queue__GiveUpAfter must be between" },
            { "Queue__RetryJitter", "2", "Queue__RetryJitter must be between" },
            { "Timeouts__MaxDelay", "366.00:00:00", "Timeouts__MaxDelay must be between" },
            { "Timeouts__MinDelay", "40.00:00:00", "Timeouts__MaxDelay must not be less" },
            { "Outcomes__Source", "", "Outcomes__Source must not be empty" },
            { "Callers__Names__0", "Shop", "Callers__Names__0, __1, … must be different names" },
            { "Callers__Names__0", "a b", "Callers__Names__0, __1, … must be different names" },
            { "Callers__Signatures", "require", "Callers__Names__0 is missing" },
            { "Callers__Signatures", "accept", "Callers__Names__0 is missing" },
            { "Callers__RequestsPerMinute", "-1", "Callers__RequestsPerMinute must be between 0 and 1,000,000" },
            {
                "Callers__AllowedOrigins__0",
                "https://eventgrid.azure.net",
                "Callers__AllowedOrigins__0, __1, … must be host names"
            },
        };

    /// <summary>
    /// Values of another type than the setting, or with a misleading form: .NET reads 5 as five days, 24:00:00 as 24
    /// days and 00:05 as five minutes.
    /// </summary>
    public static TheoryData<string, string, string> BadFormats =>
        new()
        {
            { "Onramp__CallTimeout", "abc", WriteDuration },
            { "Timeouts__MinDelay", "5", WriteDuration },
            { "Timeouts__MaxDelay", "24:00:00", WriteDuration },
            { "Outcomes__PublishTimeout", "00:05", WriteDuration },
            { "KeyVault__RefreshInterval", "0.5", WriteDuration },
            { "KeyVault__ReloadCooldown", "5s", WriteDuration },
            { "KeyVault__StartupBudget", "PT20S", WriteDuration },
            { "Onramp__TotalBudget", "00:00:60", WriteDuration },
            { "Onramp__RetryBaseDelay", "-00:00:01", WriteDuration },
            { "Onramp__CircuitBreakDuration", "00:00:15.", WriteDuration },
            { "Onramp__CircuitSamplingWindow", "00:00:30\n", WriteDuration },
            { "Onramp__CircuitSamplingWindow", "٠٠:٠٠:٣٠", WriteDuration },
            { "Timeouts__MaxDelay", "99999999.00:00:00", WriteDuration },
            { "Queue__RetryDelays__0", "5", WriteDuration },
            { "Queue__RetryDelays__0", "-00:00:01", WriteDuration },
            { "Queue__RetryDelays__0", "", WriteDuration },
            { "Onramp__CallsPerSecond", "500/s", "write a number with a decimal point, for example 0.5" },
            { "Onramp__CallsPerSecond", "1,000", "write a number with a decimal point, for example 0.5" },
            { "Onramp__MaxInstances", "40.0", "write a whole number, for example 2" },
            { "Onramp__MaxRetries", "two", "write a whole number, for example 2" },
            { "Onramp__MaxRetries", "2.0", "write a whole number, for example 2" },
            { "Onramp__MaxConcurrentCalls", "1,000", "write a whole number, for example 2" },
            { "Onramp__MaxQueuedCalls", "99999999999", "write a whole number, for example 2" },
            { "Queue__RetryJitter", "20%", "write a number with a decimal point, for example 0.5" },
            { "Queue__RetryJitter", "0,2", "write a number with a decimal point, for example 0.5" },
            { "Onramp__CircuitFailureRatio", "NaN", "write a number with a decimal point, for example 0.5" },
            { "Callers__Signatures", "yes", "write one of off, accept, require" },
            { "Callers__Signatures", "1", "write one of off, accept, require" },
            { "Callers__Signatures", "require,accept", "write one of off, accept, require" },
            { "Callers__Signatures", "require ", "write one of off, accept, require" },
            { "Callers__TrustPrincipal", "1", "write true or false" },
            { "Callers__TrustPrincipal", "on", "write true or false" },
            { "Onramp__BaseUrl", "https://", "write an address, for example https://example.com" },
            { "KeyVault__VaultUri", "https://kv test", "write an address, for example https://example.com" },
        };

    /// <summary>Values that the framework ignores, or that silently replace others.</summary>
    public static TheoryData<string, string, string> BadNames =>
        new()
        {
            {
                "Queue__RetryDelays__4",
                "00:30:00",
                "Queue__RetryDelays__0 is missing: a list is numbered from 0 without gaps"
            },
            { "Queue__RetryDelays__1", "00:30:00", "Queue__RetryDelays__0 is missing" },
            {
                "Onramp__SharedLimit__Redis__0",
                "localhost:6379",
                "Onramp__SharedLimit__Redis__0 is not a setting: Onramp__SharedLimit__Redis has a single value"
            },
            { "Queue__RetryDelays__first", "00:30:00", "Queue__RetryDelays__0 is missing" },
            { "Queue__RetryDelays__00", "00:30:00", "Queue__RetryDelays__0 is missing" },
            {
                "Queue__RetryDelays",
                "00:00:05,00:00:30",
                "Queue__RetryDelays is a list: write Queue__RetryDelays__0, Queue__RetryDelays__1"
            },
            {
                "Onramp__CallTimeout__Seconds",
                "6",
                "Onramp__CallTimeout__Seconds is not a setting: Onramp__CallTimeout has a single value"
            },
            { "Callers__Signature", "require", "Callers__Signature is not a setting. The settings of Callers are" },
        };

    /// <summary>
    /// A misspelt name, or a setting of a newer version before a rollback. In a section about security it ends the
    /// start.
    /// </summary>
    public static TheoryData<string, string, string> UnknownNames =>
        new()
        {
            {
                "Onramp__CallTimout",
                "00:00:06",
                "Onramp__CallTimout is not a setting. The settings of Onramp are Onramp__BaseUrl, Onramp__CallTimeout"
            },
            {
                "Onramp__SharedLimit",
                "localhost:6379",
                "Onramp__SharedLimit is not a setting. The settings of Onramp are"
            },
            {
                "Onramp__SharedLimit__Host",
                "localhost:6379",
                "Onramp__SharedLimit__Host is not a setting. The settings of Onramp__SharedLimit are Onramp__SharedLimit__Redis."
            },
            { "Onramp__EffectiveTimeout", "00:00:06", "Onramp__EffectiveTimeout is not a setting" },
            {
                "KeyVault__Uri",
                "https://kv-test.vault.azure.net/",
                "KeyVault__Uri is not a setting. The settings of KeyVault are KeyVault__VaultUri"
            },
            { "KeyVault__VaultName", "kv-test", "KeyVault__VaultName is not a setting" },
            { "Queue__Retry__Delays__0", "00:00:05", "Queue__Retry is not a setting" },
            { "Queue__EffectiveRetryDelays__0", "00:00:05", "Queue__EffectiveRetryDelays is not a setting" },
            { "Outcomes__SectionName", "Outcomes", "Outcomes__SectionName is not a setting" },
            { "Timeouts__Maxdelays", "1.00:00:00", "Timeouts__Maxdelays is not a setting" },
        };

    /// <summary>CloudEvents: the source is a URI-reference; RFC 3986, section 4.1 and appendix A.</summary>
    public static TheoryData<string> NoUriReferences =>
        [
            "not a uri",
            " /orders",
            "/orders\n",
            "/a b",
            "/50%",
            "/%zz",
            "http://[::1",
            "http://a b/",
            "/a[b]",
            "1a:b",
            ":a",
            "a\\b",
            "/<shop>",
            "/{shop}",
            "/a|b",
            "/a^b",
            "/\"a\"",
            "/é",
            "#a#b",
            "http://host:port/",
        ];

    public static TheoryData<string> UriReferences =>
        [
            "/onramp-cancellation",
            "https://shop.example/orders?a=b#c",
            "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
            "mailto:ops@shop.example",
            "orders",
            "./a:b",
            "//host/path",
            "http://[2001:db8::1]:8080/",
            "?a=/b",
            "/a%20b",
            "1-555-123-4567",
        ];

    [Theory]
    [MemberData(nameof(BadValues))]
    [MemberData(nameof(BadNames))]
    public async Task Cannot_start_with_a_bad_setting_and_names_it(string name, string value, string expected)
    {
        await using var service = Service.Create((name, value));
        Assert.Contains(expected, Assert.Single(await Startup.FailAsync(service)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UnknownNames))]
    public async Task A_name_that_is_unknown_is_logged_and_has_no_effect(string name, string value, string expected)
    {
        await using var service = await Service.StartAsync((name, value));
        Assert.Contains(
            service.Log.Lines,
            line =>
                line.Level == Microsoft.Extensions.Logging.LogLevel.Warning
                && line.Text.StartsWith(expected, StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(BadFormats))]
    public async Task Cannot_start_with_a_value_that_can_be_misread_and_says_how_to_write_it(
        string name,
        string value,
        string advice
    )
    {
        await using var service = Service.Create((name, value));
        Assert.Contains(
            $"{name} is not valid: {advice}",
            Assert.Single(await Startup.FailAsync(service)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(NoUriReferences))]
    public async Task Cannot_start_with_a_source_that_is_not_a_uri_reference(string source)
    {
        await using var service = Service.Create(("Outcomes__Source", source));
        Assert.Contains(
            "Outcomes__Source must be a URI reference",
            Assert.Single(await Startup.FailAsync(service)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(UriReferences))]
    public async Task Can_start_with_any_uri_reference_as_the_source(string source) =>
        await (await Service.StartAsync(("Outcomes__Source", source))).DisposeAsync();

    [Fact]
    public async Task All_bad_settings_are_reported_together_and_each_only_once()
    {
        await using var service = Service.Create(
            ("Onramp__MaxRetries", "-1"),
            ("Queue__RetryJitter", "2"),
            ("Outcomes__PublishTimeout", "5"),
            ("Callers__Origin", "shop.example"),
            ("Timeouts__MinDelay", "a day")
        );
        var lines = await Startup.FailAsync(service);
        Assert.Equal(5, lines.Length);
        Assert.All(
            [
                "Onramp__MaxRetries",
                "Queue__RetryJitter",
                "Outcomes__PublishTimeout",
                "Callers__Origin",
                "Timeouts__MinDelay",
            ],
            name => Assert.Single(lines, line => line.StartsWith(name, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Can_start_with_settings_in_any_case_a_whole_list_and_empty_ones_that_stand_for_the_default()
    {
        await using var service = await Service.StartAsync(
            ("onramp__calltimeout", "0:00:05.5"),
            ("Onramp__MaxRetries", ""),
            ("Queue__RetryDelays__1", "00:01:00"),
            ("Queue__RetryDelays__0", "00:00:10"),
            ("Queue__RetryJitter", ".5")
        );
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    /// <summary>Every setting with restricted values.</summary>
    public static TheoryData<string> TypedSettings =>
        [
            .. from options in typeof(OnrampOptions)
                .Assembly.GetExportedTypes()
                .Concat(typeof(OrderApi).Assembly.GetExportedTypes())
            where options.Name.EndsWith("Options", StringComparison.Ordinal)
            from property in options.GetProperties()
            where
                property.SetMethod is { IsPublic: true }
                && property.PropertyType != typeof(string)
                && property.PropertyType != typeof(IList<string>)
                && property.PropertyType != typeof(Uri)
            select $"{options.Name[..^"Options".Length]}__{property.Name}{(property.PropertyType.IsGenericType ? "__0" : "")}",
        ];

    [Theory]
    [MemberData(nameof(TypedSettings))]
    public async Task Cannot_start_with_an_unknown_setting(string setting)
    {
        await using var service = Service.Create((setting, "nonsense"));
        Assert.StartsWith(
            $"{setting} is not valid",
            Assert.Single(await Startup.FailAsync(service)),
            StringComparison.Ordinal
        );
    }

    /// <summary>An empty switch would mean its default, which may be the permissive one.</summary>
    [Theory]
    [MemberData(nameof(TypedSettings))]
    public async Task Cannot_start_with_an_empty_switch_or_an_empty_setting_about_callers(string setting)
    {
        var type = TypeOf(setting);
        if (type == typeof(bool) || type.IsEnum || setting.StartsWith("Callers__", StringComparison.Ordinal))
        {
            await using var service = Service.Create((setting, ""));
            Assert.StartsWith(
                $"{setting} is not valid: it is empty",
                Assert.Single(await Startup.FailAsync(service)),
                StringComparison.Ordinal
            );
        }
        else if (!setting.EndsWith("__0", StringComparison.Ordinal))
        {
            await (await Service.StartAsync((setting, ""))).DisposeAsync();
        }
    }

    private static Type TypeOf(string setting) =>
        typeof(OnrampOptions)
            .Assembly.GetExportedTypes()
            .Concat(typeof(OrderApi).Assembly.GetExportedTypes())
            .Single(type => type.Name == setting.Split("__")[0] + "Options")
            .GetProperty(setting.Split("__")[1])!
            .PropertyType;

    /// <summary>The settings with names of secrets.</summary>
    public static TheoryData<string> SecretNames =>
        [
            .. typeof(KeyVaultOptions)
                .GetProperties()
                .Select(static property => $"KeyVault__{property.Name}")
                .Where(static name => name.EndsWith("SecretName", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(SecretNames))]
    public async Task Cannot_start_without_a_secret_and_names_its_setting(string setting)
    {
        await using var service = Service.Create((setting, "not-there"));
        var line = Assert.Single(await Startup.FailAsync(service));
        Assert.All(["secret 'not-there'", setting], part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SecretNames))]
    public async Task Cannot_start_with_one_secret_under_two_names(string setting)
    {
        foreach (var other in SecretNames.Select(static row => row.Data).Where(name => name != setting))
        {
            await using var service = Service.Create((setting, "one-for-all"), (other, "One-For-All"));
            var line = Assert.Single(await Startup.FailAsync(service));
            Assert.All(
                [setting, other, "must name three different secrets"],
                part => Assert.Contains(part, line, StringComparison.Ordinal)
            );
        }
    }

    /// <summary>
    /// Neither vault nor identity responds, and the operator or the platform stops the process [dotnet/aspire#8838].
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_request_during_the_start_ends_it_immediately_with_a_message(bool isIdentity)
    {
        await using var service = Service.Create();
        Exception Silent(CancellationToken token)
        {
            service.Get<IHostApplicationLifetime>().StopApplication();
            token.ThrowIfCancellationRequested();
            return new InvalidOperationException("The stop request is not heard.");
        }

        service.Vault.Fault = isIdentity ? null : token => throw Silent(token);
        service.Vault.SignInFault = isIdentity ? Silent : null;
        var begun = service.Time.GetUtcNow();
        var standardError = Console.Error;
        await using var captured = new StringWriter();
        Console.SetError(captured);
        try
        {
            Assert.Equal(HostRunner.StoppedAtStart, await service.RunToExitCodeAsync());
        }
        finally
        {
            Console.SetError(standardError);
        }

        Assert.Equal("Stopped on request, before the start was complete.", captured.ToString().Trim());
        Assert.Equal(begun, service.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(typeof(ICancelQueue))]
    [InlineData(typeof(IOutcomePublisher))]
    [InlineData(typeof(IRowStore))]
    public async Task Cannot_start_without_a_port(Type port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("KeyVault:VaultUri", FakeVault.Address.ToString())]);
        var time = new JumpingClock(DateTimeOffset.UnixEpoch);
        builder
            .Services.AddSingleton<ICancelQueue>(new RecordingQueue(time))
            .AddSingleton<IOutcomePublisher>(new RecordingTopic(time))
            .AddSingleton<IRowStore>(new FakeRows(time))
            .RemoveAll(port);
        builder.Services.AddOrderCancellation(builder.Configuration);
        using var host = builder.Build();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(host.RunToExitCodeAsync);
        Assert.Contains(port.Name, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData(
        "/subscriptions/1/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cancel"
    )]
    [InlineData("00000000-0000-0000-0000-00000000000")]
    public void Cannot_sign_in_with_an_identity_that_is_not_a_client_id(string clientId)
    {
        using var configuration = new ConfigurationManager { ["AZURE_CLIENT_ID"] = clientId };
        var refused = Assert.Throws<CredentialsUnavailableException>(() =>
        {
            AzureCredential.Create(configuration);
        });
        Assert.StartsWith("AZURE_CLIENT_ID must be the client id", refused.Message, StringComparison.Ordinal);
    }
}
