namespace FunctionsHost;

/// <summary>The process of a worker exited before its functions were loaded.</summary>
internal sealed class WorkerEndedException(int exitCode, RunningProgram process, Exception gone)
    : InvalidOperationException(
        $"The worker ended ({exitCode}) before its functions were loaded: {string.Join('\n', process.Output.Concat(process.Errors))}",
        gone
    )
{
    /// <summary>
    /// Whether another process took the port that the worker had chosen: its HTTP extension looks for a free port and
    /// listens only later (Azure/azure-functions-dotnet-worker, Worker.Extensions.Http.AspNetCore,
    /// Utilities.GetUnusedTcpPort).
    /// </summary>
    public bool LostItsPort => Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase);
}
