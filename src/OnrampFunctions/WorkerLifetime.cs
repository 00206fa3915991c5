using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace OnrampFunctions;

/// <summary>
/// Stops the worker on a signal and remembers whether it was SIGTERM. It replaces the console lifetime, whose handler
/// could end the process before ours has remembered the signal: handlers run one by one, the last registered first.
/// </summary>
internal sealed class WorkerLifetime(IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private volatile bool _isTerminated;

    /// <summary>Whether SIGTERM stopped the worker.</summary>
    public bool IsTerminated => _isTerminated;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, Stop));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(static signal => signal.Dispose());

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _isTerminated |= context.Signal == PosixSignal.SIGTERM;
        lifetime.StopApplication();
    }
}
