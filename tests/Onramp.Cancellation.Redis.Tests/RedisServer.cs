using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>A Redis on this machine that a test can stop, freeze and start again.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "redis-server"))
        .FirstOrDefault(File.Exists);

    private readonly string[] _arguments;
    private Process? _process;

    private RedisServer(string[] arguments) => _arguments = arguments;

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts a server, or skips the test.</summary>
    /// <param name="arguments">Further arguments; <c>{port}</c> is the port.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "redis-server was not found on the PATH.");
        RedisServer server = new(arguments.Length > 0 ? arguments : ["--port", "{port}"]);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        ProcessStartInfo start = new(Program!) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        string[] common = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        foreach (var argument in _arguments.Concat(common))
        {
            start.ArgumentList.Add(argument.Replace("{port}", $"{Port}", StringComparison.Ordinal));
        }

        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // Nothing reads the pipe any more, and the server writes only a few lines.
                return;
            }
        }

        Assert.Fail("redis-server ended at its start.");
    }

    public async Task StopAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        _process = null;
    }

    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process!.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
