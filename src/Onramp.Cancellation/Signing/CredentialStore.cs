using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Holds the pair that signs. The last good pair stays whatever Key Vault answers. A pair of which only one half is new is tried when Onramp refuses
/// the whole one; from then on each refusal changes between the two, until the vault has a whole new pair.
/// </summary>
public sealed partial class CredentialStore : IVaultSecrets, IDisposable
{
    private readonly KeyVaultCredentialReader _reader;
    private readonly KeyVaultOptions _options;
    private readonly TimeSpan _readLimit;
    private readonly TimeProvider _time;
    private readonly ILogger<CredentialStore> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ApiCredentials? _current;

    // The current pair is one of these: the last one that was read whole, and the half rotation of it that the vault had since.
    private ApiCredentials? _whole;
    private ApiCredentials? _half;
    private long? _lastReload;

    // When the vault last had the pair that signs: a timestamp of the monotonic clock.
    private long _confirmed;

    /// <param name="reader">Reads the pair.</param>
    /// <param name="options">The startup budget and the cooldown.</param>
    /// <param name="readLimit">How long a reading after the start may take: requests wait for it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told how old the pair is.</param>
    /// <param name="logger">The log.</param>
    internal CredentialStore(
        KeyVaultCredentialReader reader, IOptions<KeyVaultOptions> options, TimeSpan readLimit, TimeProvider time, CancellationMetrics metrics,
        ILogger<CredentialStore> logger)
    {
        _reader = reader;
        _options = options.Value;
        _readLimit = readLimit;
        _time = time;
        _logger = logger;
        metrics.Observe(ServiceInstrument.CredentialsAge, () => IsLoaded ? time.GetElapsedTime(Volatile.Read(ref _confirmed)).TotalSeconds : null);
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
        var read = await _reader.ReadAsync(_options.StartupBudget, cancellationToken);
        Confirm();
        _current = _whole = read;
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

            ApiCredentials? read = null;
            if (_lastReload is not { } last || _time.GetElapsedTime(last) >= _options.ReloadCooldown)
            {
                read = await TryReadAsync(cancellationToken);
                _lastReload = _time.GetTimestamp();
            }

            var changed = ChooseAfterRefusal(read);
            if (read is not null && read.SameAs(Current))
            {
                Confirm();
            }

            return changed;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Reads the pair again on schedule. A pair that works is not given up for one of which only a half is new.</summary>
    async Task IVaultSecrets.RefreshAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (await TryReadAsync(cancellationToken) is not { } read)
            {
                return;
            }

            if (!read.SameAs(Current))
            {
                if (read.SharesHalfWith(Current))
                {
                    Log.KeptWhole(_logger, _options.VaultUri!);
                    return;
                }

                UseWhole(read);
            }

            Confirm();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Releases the gate.</summary>
    public void Dispose() => _gate.Dispose();

    /// <summary>Changes to another pair than the refused one, if there is any.</summary>
    /// <param name="read">What the vault has now; null when it could not be read or was read a moment ago.</param>
    private bool ChooseAfterRefusal(ApiCredentials? read)
    {
        var refused = Current;
        if (read is not null && read.SameAs(_whole!))
        {
            // Unchanged, or put back: a half that the vault no longer has is no candidate.
            _half = null;
            _current = _whole;
        }
        else if (read is null || (_half is not null && read.SameAs(_half)))
        {
            _current = ReferenceEquals(refused, _whole) ? _half ?? _whole : _whole;
        }
        else if (read.SharesHalfWith(_whole!))
        {
            _current = _half = read;
            Log.TryingHalf(_logger, _options.VaultUri!);
        }
        else
        {
            UseWhole(read);
        }

        return !ReferenceEquals(Current, refused);
    }

    private void Confirm() => Volatile.Write(ref _confirmed, _time.GetTimestamp());

    private void UseWhole(ApiCredentials pair)
    {
        _current = _whole = pair;
        _half = null;
        Log.Changed(_logger, _options.VaultUri!);
    }

    private async Task<ApiCredentials?> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(_readLimit, cancellationToken);
        }
        catch (CredentialsUnavailableException exception)
        {
            // Whoever waited behind this reading does not wait for another one.
            _lastReload = _time.GetTimestamp();
            Log.KeptOld(_logger, exception.Message);
            return null;
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

        [LoggerMessage(104, LogLevel.Warning, "Still signing with the pair read before: only one of the two secrets is new in Key Vault {Vault}. Set the other one too; if there is no other, the new one is used when Onramp refuses the old")]
        public static partial void KeptWhole(ILogger logger, Uri vault);

        [LoggerMessage(105, LogLevel.Warning, "Onramp refuses the pair, and only one of the two secrets is new in Key Vault {Vault}: trying the new one with the old other one")]
        public static partial void TryingHalf(ILogger logger, Uri vault);
    }
}
