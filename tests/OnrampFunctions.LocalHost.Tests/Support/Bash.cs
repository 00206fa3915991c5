using System.Diagnostics;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Runs scripts and commands in the output folder of the tests.</summary>
internal static class Bash
{
    /// <summary>Waits for the exit, up to <see cref="RunningHost.Patience"/>.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash.");
        ProcessStartInfo start = new("bash", arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = ChildProcess.Start(start);
        var process = child.Process;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(RunningHost.Token),
            process.StandardError.ReadToEndAsync(RunningHost.Token)
        );
        await process.WaitForExitAsync(RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);
        return (process.ExitCode, await output, await error);
    }
}
