namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Where the settings come from: defaults for this machine, the environment, the command line, the embedding program;
/// later wins.
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
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:System"] = "Warning",

        // It would say with a stack trace what is told in one sentence.
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
                $"'{unknown}' is no option. The local host takes --urls http://localhost:7080 for another port, and any setting as in --Onramp:CallTimeout 00:00:02; docs/local-host.md and docs/configuration.md have them all."
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
    /// Whether an argument names the address or a setting, all of which have a section but those that name the queue
    /// and the topic.
    /// </summary>
    private static bool IsOption(string argument)
    {
        var name = argument.TrimStart('-').Split('=')[0];
        return name.Equals("urls", StringComparison.OrdinalIgnoreCase)
            || name.Contains(':', StringComparison.Ordinal)
            || Defaults.Keys.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whatever namespace and vault the environment names, this host's queue, topic and secrets are its own.
    /// </summary>
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
