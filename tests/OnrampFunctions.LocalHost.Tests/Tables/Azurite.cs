using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

[assembly: AssemblyFixture(typeof(OnrampFunctions.LocalHost.Tests.Tables.Azurite))]

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>
/// Microsoft's emulator of storage, started when the first test needs it. It keeps its rows in memory, and all tests
/// share it.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    /// <summary>The account and the key of every emulator.</summary>
    private const string Account = "devstoreaccount1",
        Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string Program = typeof(Azurite)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static metadata => metadata.Key == "Azurite")
        .Value!;

    private readonly Lazy<Task<(Process Process, OpenTables Tables, string ConnectionString)>> _started;

    public Azurite() => _started = new(StartAsync);

    /// <summary>Returns the tables and how to connect to them. Skips the test if the emulator is not installed.</summary>
    public async Task<(IRowStore Rows, string ConnectionString)> GetAsync()
    {
        Assert.SkipUnless(File.Exists(Program), "Azurite is not installed: run npm ci in tests/js/azurite.");
        Assert.SkipUnless(HasNode(), "Node.js is not installed, which runs Azurite.");
        var (_, tables, connectionString) = await _started.Value;
        return (tables.Rows, connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated)
        {
            return;
        }

        var (process, tables, _) = await _started.Value;
        tables.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static bool HasNode() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(static folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));

    private static async Task<(Process, OpenTables, string)> StartAsync()
    {
        // It does not report the port that it gets for 0. Another program may take a free port in the meantime.
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            ProcessStartInfo start = new(
                "node",
                [
                    Program,
                    "--tableHost",
                    $"{IPAddress.Loopback}",
                    "--tablePort",
                    $"{port}",
                    "--inMemoryPersistence",
                    "--silent",
                    "--disableTelemetry",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (await ListensAsync(process.StandardOutput).WaitAsync(RunningHost.Patience))
            {
                var connectionString =
                    $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
                    + $"TableEndpoint=http://{IPAddress.Loopback}:{port}/{Account};";
                return (process, OpenTables.Open(connectionString), connectionString);
            }

            process.Kill();
            process.Dispose();
            Assert.True(attempt < 3, "Azurite does not start.");
        }
    }

    private static async Task<bool> ListensAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.Contains("successfully started", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
