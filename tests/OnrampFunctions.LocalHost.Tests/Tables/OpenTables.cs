using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>The service's tables over the client of Azure, opened like the app does.</summary>
public sealed class OpenTables : IDisposable
{
    private readonly ServiceProvider _services;

    private OpenTables(ServiceProvider services)
    {
        _services = services;
        Rows = services.GetRequiredService<IRowStore>();
    }

    public IRowStore Rows { get; }

    public static OpenTables Open(string connectionString) =>
        Open("AzureWebJobsStorage", connectionString, static _ => { });

    public static OpenTables Open(string setting, string value, Action<IServiceCollection> configure)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(setting, (string?)value)])
            .Build();
        ServiceCollection services = new();
        configure(services);
        return new OpenTables(services.AddTables(configuration).BuildServiceProvider());
    }

    public void Dispose() => _services.Dispose();
}
