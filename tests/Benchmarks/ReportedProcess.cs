using System.Diagnostics;

namespace Benchmarks;

/// <summary>A process whose failure is reported with its exit code and its standard error.</summary>
internal sealed class ReportedProcess
{
    private readonly Task<string> _errors;

    private ReportedProcess(Process process) => (Process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public Process Process { get; }

    /// <summary>Starts it with its output redirected.</summary>
    public static ReportedProcess Start(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        return new ReportedProcess(Process.Start(start)!);
    }

    /// <summary>The exception for a process that exits, or closes its output, too early.</summary>
    public async Task<InvalidOperationException> FailedAsync(string what, string output = "")
    {
        await Process.WaitForExitAsync();
        return new($"{what}: exit code {Process.ExitCode}.{Environment.NewLine}{output}{await _errors}");
    }
}
