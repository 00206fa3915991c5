using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Tables;

/// <summary>Registers the core's port of tables over Azure Table Storage.</summary>
public static class TablesServices
{
    /// <summary>
    /// Adds the tables. A port or options of the client that are already registered replace these. An account reached
    /// by its address needs a registered <see cref="TokenCredential"/>.
    /// </summary>
    public static IServiceCollection AddTables(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<TablesOptions>()
            .Configure(options => TablesOptions.Read(options, configuration))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TablesOptions>, TablesOptionsValidator>();
        services.TryAddSingleton<TableClientOptions>();
        services.TryAddSingleton<IRowStore>(static provider => new TableRows(CreateClient(provider)));
        return services;
    }

    /// <summary>Opens the tables alone, for a program that is not a host.</summary>
    public static IRowStore OpenRows(TableServiceClient client) => new TableRows(client);

    private static TableServiceClient CreateClient(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<TablesOptions>>().Value;
        var client = provider.GetRequiredService<TableClientOptions>();
        LimitRetries(client.Retry);
        return options.ConnectionString is { } connectionString
            ? new TableServiceClient(connectionString, client)
            : new TableServiceClient(
                new Uri(options.ServiceUri!),
                provider.GetRequiredService<TokenCredential>(),
                client
            );
    }

    /// <summary>
    /// Limits the SDK's own retries, because the core limits the time of an operation and reads the row again after a
    /// failure. The default is three retries with increasing delays, and 100 seconds for each attempt. A write that
    /// is repeated because its answer was lost fails like a conflict.
    /// </summary>
    private static void LimitRetries(RetryOptions retry)
    {
        retry.Mode = RetryMode.Fixed;
        retry.MaxRetries = 1;
        retry.Delay = TimeSpan.FromMilliseconds(100);
        retry.NetworkTimeout = TimeSpan.FromSeconds(10);
    }
}
