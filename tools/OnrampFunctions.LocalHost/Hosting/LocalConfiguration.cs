namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// The sources of settings, in ascending precedence: defaults, the environment, the command line, the embedding
/// program.
/// </summary>
internal static class LocalConfiguration
{
    private const string VaultUri = "KeyVault:VaultUri";

    private static readonly Dictionary<string, string?> Defaults = new()
    {
        [VaultUri] = "https://local.vault.azure.net/",
        ["Callers:Signatures"] = "accept",
        ["Callers:Names:0"] = "shop",
        ["Callers:AllowedOrigins:0"] = "*",
        ["CancelRequestsQueue"] = "cancel-requests",
        ["CancelResultsTopic"] = "cancel-results",
        ["CancelRecordsSubscription"] = "records",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:System"] = "Warning",

        // The host reports the same failure as one message; this would add a stack trace.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
    };

    public static ConfigurationManager AddLocalSettings(
        this ConfigurationManager configuration,
        string[] args,
        IReadOnlyDictionary<string, string?> overrides
    )
    {
        configuration.AddInMemoryCollection(Defaults);
        configuration.AddEnvironmentVariables();
        if (args.FirstOrDefault(static arg => arg.StartsWith('-') && !IsOption(arg)) is { } unknown)
        {
            throw new LocalHostException(
                $"'{unknown}' is not an option. The local host takes --urls http://localhost:7080 for another port, "
                    + "and any setting as in --Onramp:CallTimeout 00:00:02; --help lists them."
            );
        }

        try
        {
            configuration.AddCommandLine(
                args,
                new Dictionary<string, string>
                {
                    ["--urls"] = $"{LocalSettings.SectionName}:{nameof(LocalSettings.Url)}",
                }
            );
        }
        catch (FormatException exception)
        {
            throw new LocalHostException($"The command line is not valid: {exception.Message}", exception);
        }

        configuration.AddInMemoryCollection(
            overrides.Select(setting =>
                KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)
            )
        );
        return configuration;
    }

    /// <summary>
    /// Whether an argument names the address or a setting. All settings except the names of queue, topic and
    /// subscription have a section.
    /// </summary>
    private static bool IsOption(string argument)
    {
        var name = argument.TrimStart('-').Split('=')[0];
        return name.Equals("urls", StringComparison.OrdinalIgnoreCase)
            || name.Contains(':', StringComparison.Ordinal)
            || Defaults.Keys.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The host uses its own namespace and vault, whatever the environment names.</summary>
    public static void UseOwnServices(this ConfigurationManager configuration, AmqpAddress address)
    {
        if (!string.IsNullOrEmpty(configuration[VaultUri]))
        {
            configuration[VaultUri] = Defaults[VaultUri];
        }

        configuration["ServiceBus"] = address.OwnConnectionString;
        configuration["ServiceBus:fullyQualifiedNamespace"] = "";
    }
}
