using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Signing;

/// <summary>Loads the credentials before any other hosted service starts to take work, and refreshes them on an interval.</summary>
internal sealed class CredentialLoader(CredentialStore store, IOptions<KeyVaultOptions> options, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    private PeriodicTimer? _interval;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await store.LoadAsync(cancellationToken);
        _interval = new PeriodicTimer(options.Value.RefreshInterval, time);
    }

    public override void Dispose()
    {
        _interval?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _interval!.WaitForNextTickAsync(stoppingToken))
            {
                await store.RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
