using System.Collections.Concurrent;
using System.Diagnostics;
using Onramp.Testing.Programs;

namespace FunctionsHost;

/// <summary>A .NET program in its own process. Keeps the lines that it writes to the console.</summary>
public sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly ChildProcess _child;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    // Read once, for all who wait: Process is not thread-safe, and sets that it has exited before it sets the exit
    // code.
    private readonly Lazy<Task<int>> _exitCode;

    private RunningProgram(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _child = ChildProcess.Start(_process);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _exitCode = new(ReadExitCodeAsync);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The lines of standard output.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The lines of standard error.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Starts an assembly in its own folder.</summary>
    /// <param name="assembly">Its path.</param>
    /// <param name="settings">Environment variables. null removes a variable that this process has.</param>
    /// <param name="arguments">The command line.</param>
    public static RunningProgram Start(
        string assembly,
        IReadOnlyDictionary<string, string?> settings,
        params IEnumerable<string> arguments
    )
    {
        ProcessStartInfo start = new("dotnet", [assembly, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(new Process { StartInfo = start, EnableRaisingEvents = true });
    }

    /// <summary>Waits for the exit and for the last line.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) =>
        _exitCode.Value.WaitAsync(cancellationToken);

    /// <summary>Asks the process to exit, as the platform does (SIGTERM).</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Kills the process immediately (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _child.Dispose();

    private async Task<int> ReadExitCodeAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
