using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Signing;

/// <summary>Loads what is kept in Key Vault, all at once, before any other hosted service starts to take work, and refreshes it on an interval.</summary>
internal sealed class CredentialLoader(IEnumerable<IVaultSecrets> stores, IOptions<KeyVaultOptions> options, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    private PeriodicTimer? _interval;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(stores.Select(store => store.LoadAsync(cancellationToken)));
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
                await Task.WhenAll(stores.Select(store => store.RefreshAsync(stoppingToken)));
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
