namespace FunctionsHost;

/// <summary>A worker's process ended before its functions were loaded.</summary>
internal sealed class WorkerEndedException(int exitCode, RunningProgram process, Exception gone)
    : InvalidOperationException(
        $"The worker ended ({exitCode}) before its functions were loaded: {string.Join('\n', process.Output.Concat(process.Errors))}",
        gone
    )
{
    /// <summary>
    /// Whether another took the port that the worker had chosen: its HTTP extension asks for a free one and listens
    /// only later (Azure/azure-functions-dotnet-worker, Worker.Extensions.Http.AspNetCore, Utilities.GetUnusedTcpPort).
    /// </summary>
    public bool LostItsPort => Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase);
}
