using System.Diagnostics;
using System.Net;

namespace Onramp.Testing.Programs;

/// <summary>A Redis on this machine, which stores nothing on disk and can be restarted.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly int _port = InstalledProgram.FreePort();
    private Process _process;

    private RedisProcess() => _process = Launch();

    /// <summary>How clients connect to it.</summary>
    public string Endpoint => $"{IPAddress.Loopback}:{_port}";

    /// <summary>Why it cannot be started on this machine; null if it can.</summary>
    public static string? MissingPart =>
        InstalledProgram.Exists(Program) ? null : "Redis is not installed: install the package redis-server.";

    /// <summary>Starts it on a free port. Clients wait until it accepts connections.</summary>
    public static RedisProcess Start() => new();

    /// <summary>Kills it. Its data is lost.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Starts it again on the same port after <see cref="KillAsync"/>.</summary>
    public void StartAgain() => _process = Launch();

    public async ValueTask DisposeAsync() => await KillAsync();

    private Process Launch()
    {
        ProcessStartInfo start = new(
            Program,
            ["--bind", $"{IPAddress.Loopback}", "--port", $"{_port}", "--save", "", "--appendonly", "no"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
