using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;

namespace OnrampFunctions;

/// <summary>Ends the worker's process so that the Functions host understands why.</summary>
public static class WorkerEnd
{
    /// <summary>128 and the signal's number, as shells report it.</summary>
    private const int Terminated = 128 + 15;

    /// <summary>Runs the worker until it is stopped.</summary>
    /// <returns> 0 when the Functions host asked the worker to end (WorkerTerminate); 143 after SIGTERM; 1 when the
    /// worker could not start. The Functions host starts a worker again after 143. After 0 it believes that the worker
    /// still runs, and requests and messages wait for it in vain (Azure/azure-functions-host,
    /// WorkerProcess.OnProcessExited). After its own code for a restart, 200, it does not end the invocations under
    /// way. Ctrl+C is not told apart from a request to end: it also reaches the Functions host. </returns>
    public static async Task<int> RunWorkerAsync(this IHost worker)
    {
        var isTerminated = false;
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => isTerminated = true);
        var exitCode = await worker.RunToExitCodeAsync();
        return exitCode == 0 && isTerminated ? Terminated : exitCode;
    }
}
