using System.Diagnostics;
using System.Net;

namespace Onramp.Testing.Programs;

/// <summary>A Redis on this machine, which stores nothing on disk and can be stopped, frozen and started again.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly string[] _arguments;
    private ChildProcess? _process;

    private RedisProcess(string[] arguments) => _arguments = arguments;

    public int Port { get; } = InstalledProgram.FreePort();

    /// <summary>How clients connect to it.</summary>
    public string Address => $"{IPAddress.Loopback}:{Port}";

    /// <summary>Why it cannot be started on this machine; null if it can.</summary>
    public static string? MissingPart =>
        InstalledProgram.Exists(Program) ? null : "Redis is not installed: install the package redis-server.";

    /// <summary>Starts one on a free port, and waits until it accepts connections.</summary>
    /// <param name="arguments">How it listens; <c>{port}</c> is the port. Default: without TLS.</param>
    public static async Task<RedisProcess> StartNewAsync(params string[] arguments)
    {
        RedisProcess redis = new(arguments.Length > 0 ? arguments : ["--port", "{port}"]);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Starts it again on the same port. Its data is lost.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = new(Program) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        string[] common = ["--bind", $"{IPAddress.Loopback}", "--save", "", "--appendonly", "no"];
        foreach (var argument in _arguments.Concat(common))
        {
            start.ArgumentList.Add(argument.Replace("{port}", $"{Port}", StringComparison.Ordinal));
        }

        _process = ChildProcess.Start(start);
        while (await _process.Process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // Nothing reads the pipe any more, and the server writes only a few lines.
                return;
            }
        }

        throw new InvalidOperationException("redis-server ended at its start.");
    }

    /// <summary>Kills it.</summary>
    public Task StopAsync()
    {
        _process?.Dispose();
        _process = null;
        return Task.CompletedTask;
    }

    /// <summary>Lets it accept connections and answer nothing.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets it answer again.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process!.Process.Id}"]);
        await kill.WaitForExitAsync();
    }
}
