using System.Diagnostics;

namespace OnrampFunctions.Operator.Tests;

/// <summary>The built tool in its own process.</summary>
public sealed class ToolProcess : IDisposable
{
    // With the frameworks of the tests: these folders have no copies of the libraries that are part of a framework.
    private static readonly string[] Tool =
    [
        "exec",
        "--runtimeconfig",
        Path.ChangeExtension(typeof(ToolProcess).Assembly.Location, ".runtimeconfig.json"),
        "--depsfile",
        Path.ChangeExtension(typeof(ToolProcess).Assembly.Location, ".deps.json"),
        typeof(OperatorTool).Assembly.Location,
    ];

    private readonly ChildProcess _child;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ToolProcess(ChildProcess child)
    {
        (_child, _process) = (child, child.Process);
        _output = _process.StandardOutput.ReadToEndAsync(OperatorSession.Token);
        _error = _process.StandardError.ReadToEndAsync(OperatorSession.Token);
    }

    public static ToolProcess Start(string connectionString, params string[] args)
    {
        ProcessStartInfo start = new("dotnet", [.. Tool, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ServiceBus"] = connectionString;
        return new ToolProcess(ChildProcess.Start(start));
    }

    /// <summary>Starts it from a script.</summary>
    /// <param name="connectionString">The variable <c>ServiceBus</c>.</param>
    /// <param name="script">The script, in which <c>tool</c> is the tool.</param>
    /// <param name="proxies">Environment variables that name a missing proxy.</param>
    public static ToolProcess StartShell(string connectionString, string script, params string[] proxies)
    {
        ProcessStartInfo start = new(
            "bash",
            ["-c", $"tool() {{ dotnet '{string.Join("' '", Tool)}' \"$@\"; }}; {script}"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ServiceBus"] = connectionString;
        foreach (var proxy in proxies)
        {
            start.Environment[proxy] = "http://127.0.0.1:1";
        }

        (start.Environment["NO_PROXY"], start.Environment["no_proxy"]) = ("", "");
        return new ToolProcess(ChildProcess.Start(start));
    }

    /// <summary>Kills it immediately.</summary>
    public async Task KillAsync()
    {
        Assert.False(_process.HasExited, "It had ended before it could be killed.");
        _process.Kill();
        await _process.WaitForExitAsync(OperatorSession.Token);
    }

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", $"-INT {_process.Id}");
        kill.WaitForExit();
    }

    public async Task<Run> EndAsync()
    {
        await _process
            .WaitForExitAsync(OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        return new Run(_process.ExitCode, await _output, await _error);
    }

    public void Dispose() => _child.Dispose();
}
