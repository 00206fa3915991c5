using System.Diagnostics;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// The local host in its own process, as users start it. If <c>LOCALHOST_PROGRAM</c> names a published one, that is
/// tested instead.
/// </summary>
public sealed class HostProcess : IDisposable
{
    private readonly ChildProcess _child;
    private readonly Process _process;

    private HostProcess(ChildProcess child) => (_child, _process) = (child, child.Process);

    /// <summary>The program that is tested instead, or null.</summary>
    public static string? Published { get; } =
        Environment.GetEnvironmentVariable("LOCALHOST_PROGRAM") is { Length: > 0 } published ? published : null;

    public static HostProcess Start(string arguments, params (string Name, string Value)[] environment)
    {
        var start = Published is { } published
            ? new ProcessStartInfo(published, arguments)
            : new ProcessStartInfo("dotnet", $"\"{typeof(LocalApp).Assembly.Location}\" {arguments}");
        return Start(start, environment);
    }

    /// <summary>Starts a local host that was installed somewhere else.</summary>
    public static HostProcess StartProgram(
        string program,
        string arguments,
        params (string Name, string Value)[] environment
    ) => Start(new ProcessStartInfo(program, arguments), environment);

    private static HostProcess Start(ProcessStartInfo start, (string Name, string Value)[] environment)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // The process is too short-lived for profiling to pay off.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(ChildProcess.Start(start));
    }

    /// <summary>Reads the output up to a line with the text.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync(RunningHost.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException(
            $"The program ended without having said '{text}': {await _process.StandardError.ReadToEndAsync(RunningHost.Token)}"
        );
    }

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", $"-{name} {_process.Id}");
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        var output = _process.StandardOutput.ReadToEndAsync(RunningHost.Token);
        var error = _process.StandardError.ReadToEndAsync(RunningHost.Token);
        await _process.WaitForExitAsync(RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);
        return (_process.ExitCode, await output, await error);
    }

    public void Dispose() => _child.Dispose();
}
