using System.Reflection;

[assembly: AssemblyFixture(typeof(OnrampFunctions.LocalHost.Tests.Tables.Azurite))]

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>Azurite, started when the first test needs it. All tests share it.</summary>
public sealed class Azurite : IAsyncDisposable
{
    private static readonly string Program = typeof(Azurite)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static metadata => metadata.Key == "Azurite")
        .Value!;

    private readonly Lazy<Task<(AzuriteProcess Process, OpenTables Tables)>> _started = new(StartAsync);

    /// <summary>Returns the tables and how to connect to them. Skips the test if the emulator is not installed.</summary>
    public async Task<(IRowStore Rows, string ConnectionString)> GetAsync()
    {
        var missing = AzuriteProcess.MissingPart(Program);
        Assert.SkipWhen(missing is not null, missing ?? "");
        var (process, tables) = await _started.Value;
        return (tables.Rows, process.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated)
        {
            return;
        }

        var (process, tables) = await _started.Value;
        tables.Dispose();
        await process.DisposeAsync();
    }

    private static async Task<(AzuriteProcess, OpenTables)> StartAsync()
    {
        var process = await AzuriteProcess.StartAsync(Program);
        return (process, OpenTables.Open(process.ConnectionString));
    }
}
