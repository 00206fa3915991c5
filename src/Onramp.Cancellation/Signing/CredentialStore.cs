using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>Holds the pair that signs. The last good pair stays when Key Vault cannot be read.</summary>
public sealed partial class CredentialStore : IDisposable
{
    private readonly KeyVaultCredentialReader _reader;
    private readonly KeyVaultOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CredentialStore> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ApiCredentials? _current;
    private long? _lastReload;

    internal CredentialStore(KeyVaultCredentialReader reader, IOptions<KeyVaultOptions> options, TimeProvider time, ILogger<CredentialStore> logger)
    {
        _reader = reader;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether a pair has been loaded.</summary>
    public bool IsLoaded => _current is not null;

    /// <summary>The pair to sign with.</summary>
    /// <exception cref="InvalidOperationException">None has been loaded yet.</exception>
    public ApiCredentials Current => _current ?? throw new InvalidOperationException("The credentials have not been loaded from Key Vault.");

    /// <summary>Loads the pair for the first time, within the startup budget.</summary>
    /// <exception cref="CredentialsUnavailableException">It cannot be loaded; the message says what to do.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(_options.StartupBudget, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            _current = await _reader.ReadAsync(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw KeyVaultFault.Explain(exception, _options.VaultUri!, _options.ApiKeySecretName);
        }

        Log.Loaded(_logger, _options.VaultUri!);
    }

    /// <summary>
    /// Reads the pair again because Onramp refused a request that <paramref name="refused"/> had signed. Callers that come at the same
    /// time share one read; within the cooldown there is none.
    /// </summary>
    /// <returns>True when there is another pair now than the refused one, so that signing again is worth a try.</returns>
    internal async Task<bool> ReloadAfterRefusalAsync(ApiCredentials refused, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(Current, refused))
        {
            return true;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(Current, refused))
            {
                return true;
            }

            if (_lastReload is { } last && _time.GetElapsedTime(last) < _options.ReloadCooldown)
            {
                return false;
            }

            _lastReload = _time.GetTimestamp();
            return await TryReadAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Reads the pair again on schedule; keeps the old one when that fails.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await TryReadAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Releases the gate.</summary>
    public void Dispose() => _gate.Dispose();

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (read.SameAs(Current))
            {
                return false;
            }

            _current = read;
            Log.Changed(_logger, _options.VaultUri!);
            return true;
        }
        catch (CredentialsUnavailableException exception)
        {
            Log.KeptOld(_logger, exception.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Information, "API key and secret loaded from Key Vault {Vault}")]
        public static partial void Loaded(ILogger logger, Uri vault);

        [LoggerMessage(102, LogLevel.Information, "API key and secret changed in Key Vault {Vault}: signing with the new pair")]
        public static partial void Changed(ILogger logger, Uri vault);

        [LoggerMessage(103, LogLevel.Warning, "Still signing with the pair read before: {Fault}")]
        public static partial void KeptOld(ILogger logger, string fault);
    }
}
