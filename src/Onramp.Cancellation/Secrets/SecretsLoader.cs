using Microsoft.Extensions.Hosting;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Loads the secrets from Key Vault before any other hosted service starts, and refreshes each kind on its own
/// interval.
/// </summary>
internal sealed class SecretsLoader(IEnumerable<IVaultSecrets> kinds, TimeProvider time)
    : BackgroundService,
        IHostedLifecycleService
{
    private readonly List<(IVaultSecrets Secrets, PeriodicTimer Timer)> _loaded = [];

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // A client that ignores its token must not keep a stopping host waiting.
        var loading = kinds.Select(secrets => secrets.LoadAsync(cancellationToken)).ToList();
        try
        {
            await Task.WhenAll(loading).WaitAsync(cancellationToken);
        }
        catch (CredentialsUnavailableException)
        {
            // Only one error is reported: that of the pair before others, whichever was found first.
            await loading.First(static load => load.IsFaulted);
        }

        foreach (var secrets in kinds)
        {
            secrets.ReportFaults();
        }

        _loaded.AddRange(kinds.Select(secrets => (secrets, new PeriodicTimer(secrets.RefreshInterval, time))));
    }

    public override void Dispose()
    {
        _loaded.ForEach(static loaded => loaded.Timer.Dispose());
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_loaded.Select(loaded => RefreshAsync(loaded.Secrets, loaded.Timer, stoppingToken)));

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task RefreshAsync(IVaultSecrets secrets, PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await secrets.RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }
}
