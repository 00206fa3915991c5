using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>The rows of the local host's own service.</summary>
public sealed class MemoryRowTests(MemoryRowTests.Store store) : RowContract, IClassFixture<MemoryRowTests.Store>
{
    protected override IRowStore Rows => store.Host.Host.Services.GetRequiredService<IRowStore>();

    /// <summary>The limits of Azure.</summary>
    [Theory]
    [InlineData("characters of a key", 512)]
    [InlineData("characters of a name", 255)]
    [InlineData("characters of a value", 32 * 1024)]
    [InlineData("values", 252)]
    [InlineData("characters of a row", 512 * 1024)]
    public async Task Stores_a_row_that_reaches_a_limit_and_none_beyond_it(string limit, int most)
    {
        Assert.True(await InsertAsync(most));
        await Assert.ThrowsAnyAsync<Exception>(() => InsertAsync(most + 1));

        Task<bool> InsertAsync(int count) =>
            Rows.TryInsertAsync(
                new RowKey(
                    RowTable.CancelRequests,
                    $"{Guid.NewGuid():N}",
                    limit == "characters of a key" ? new string('k', count) : "row"
                ),
                limit switch
                {
                    "characters of a key" => Value("text"),
                    "characters of a name" => new Dictionary<string, string> { [new string('n', count)] = "text" },
                    "characters of a value" => Value(new string('v', count)),
                    "values" => Enumerable.Range(0, count).ToDictionary(static n => $"v{n}", static n => $"{n}"),
                    _ => Filled(count),
                },
                Token
            );
    }

    public sealed class Store : HostFixture;

    /// <summary>The values of a row, whose names and values have that many characters.</summary>
    private static Dictionary<string, string> Filled(int characters)
    {
        Dictionary<string, string> values = [];
        for (var left = characters; left > 0; )
        {
            var name = $"v{values.Count:D2}";
            var length = Math.Min(left - name.Length, 32 * 1024);
            values[name] = new string('v', length);
            left -= name.Length + length;
        }

        return values;
    }
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
