using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;

namespace OnrampFunctions;

/// <summary>Runs the worker, and ends its process with an exit code that the Functions host understands.</summary>
public static class WorkerRunner
{
    /// <summary>128 and the number of SIGTERM, as shells report it.</summary>
    private const int Terminated = 128 + 15;

    /// <summary>Runs the worker until it is stopped.</summary>
    /// <returns>0 when the Functions host asked the worker to end (WorkerTerminate); 143 after SIGTERM; 1 when the
    /// worker could not start. The Functions host starts a new worker after 143. After 0 it assumes that the worker
    /// still runs, and requests and messages wait for it in vain (Azure/azure-functions-host,
    /// WorkerProcess.OnProcessExited). After its own code for a restart, 200, it does not end in-flight invocations.
    /// Ctrl+C counts as a request to end: it also reaches the Functions host.</returns>
    public static async Task<int> RunWorkerAsync(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHostLifetime, WorkerLifetime>();
        var worker = builder.Build();
        var lifetime = (WorkerLifetime)worker.Services.GetRequiredService<IHostLifetime>();
        var exitCode = await worker.RunToExitCodeAsync();
        return exitCode == 0 && lifetime.IsTerminated ? Terminated : exitCode;
    }
}
