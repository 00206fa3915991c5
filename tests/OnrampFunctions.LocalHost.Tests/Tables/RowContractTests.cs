using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>The rows of the local host's own service.</summary>
public sealed class MemoryRowTests(MemoryRowTests.Store store) : RowContract, IClassFixture<MemoryRowTests.Store>
{
    protected override IRowStore Rows => store.Host.Host.Services.GetRequiredService<IRowStore>();

    public sealed class Store : HostFixture;
}

/// <summary>The same rows through the client of Azure, as the operator's tool uses them.</summary>
public sealed class EndpointRowTests(EndpointRowTests.Store store) : RowContract, IClassFixture<EndpointRowTests.Store>
{
    protected override IRowStore Rows => store.Tables.Rows;

    public sealed class Store : HostFixture
    {
        public OpenTables Tables { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            Tables = OpenTables.Open(Host.Host.TablesConnectionString);
        }
    }
}

/// <summary>The same over https with the token of an identity, as the Functions app uses them.</summary>
public sealed class IdentityRowTests(IdentityRowTests.Store store) : RowContract, IClassFixture<IdentityRowTests.Store>
{
    protected override IRowStore Rows => store.Tables.Rows;

    public sealed class Store() : HostFixture(("LocalHost__ForFunctionsApp", "true"))
    {
        private readonly HttpClientHandler _trusting = new()
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };

        public OpenTables Tables { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            const string Setting = "AzureWebJobsStorage__tableServiceUri";
            Tables = OpenTables.Open(
                Setting.Replace("__", ":", StringComparison.Ordinal),
                Host.Host.FunctionsAppSettings![Setting],
                services =>
                    services
                        .AddSingleton(new TableClientOptions { Transport = new HttpClientTransport(_trusting) })
                        .AddSingleton(Host.Host.Services.GetRequiredService<TokenCredential>())
            );
        }
    }
}

/// <summary>A running local host.</summary>
public abstract class HostFixture(params (string, string)[] settings) : IAsyncLifetime
{
    public RunningHost Host { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(settings);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }
}
