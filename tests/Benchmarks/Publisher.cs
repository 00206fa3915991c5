using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Publishes Functions apps as they are deployed: for one runtime, with precompiled code.</summary>
internal static class Publisher
{
    /// <summary>Publishes an app.</summary>
    /// <returns>Path of its assembly.</returns>
    public static async Task<string> PublishAsync(string project, string folder)
    {
        // The measurement does not use the Service Bus extension, and not every feed has it. Build servers that keep
        // running would distort the measurement.
        await RunAsync(
            "publish",
            project,
            "--configuration",
            "Release",
            "--output",
            folder,
            "--runtime",
            RuntimeInformation.RuntimeIdentifier,
            "--no-self-contained",
            "-p:ServiceBusExtension=declared",
            "-p:PublishDeclared=true",
            "--disable-build-servers",
            "--nologo",
            "--verbosity",
            "quiet"
        );
        return Path.Combine(folder, $"{Path.GetFileName(project)}.dll");
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var started = ReportedProcess.Start(new ProcessStartInfo("dotnet", arguments));
        using var process = started.Process;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw await started.FailedAsync($"dotnet {string.Join(' ', arguments)} failed", output);
        }
    }
}
