using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Secrets;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Signing;

/// <summary>
/// Holds the pair used for signing. Only a call shows whether Onramp accepts a pair, so a refused request is signed
/// again with each other candidate: the newest in the vault, the last one that Onramp accepted and, if it has accepted
/// none, those of earlier versions. A pair with a disabled, expired or deleted half is never used.
/// </summary>
public sealed partial class CredentialStore : IVaultSecrets
{
    private readonly VaultReader _reader;
    private readonly VaultCache<string> _secrets;
    private readonly RefreshThrottle _readings;
    private readonly KeyVaultOptions _options;
    private readonly TimeSpan _readLimit;
    private readonly TimeProvider _time;
    private readonly ILogger<CredentialStore> _logger;
    private volatile Pair? _current;
    private volatile Pair? _newest;
    private volatile Pair? _accepted;
    private volatile Earlier _earlier;

    // When the vault last confirmed the signing pair: a timestamp of the monotonic clock.
    private long _confirmed;

    /// <param name="reader">Reads Key Vault.</param>
    /// <param name="options">Names, the startup budget and the cooldown.</param>
    /// <param name="readLimit">How long a read after the start may take, because requests wait for it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Reports the age of the pair.</param>
    /// <param name="logger">The log.</param>
    internal CredentialStore(
        VaultReader reader,
        IOptions<KeyVaultOptions> options,
        TimeSpan readLimit,
        TimeProvider time,
        CancellationMetrics metrics,
        ILogger<CredentialStore> logger
    )
    {
        (_reader, _options, _readLimit, _time, _logger) = (reader, options.Value, readLimit, time, logger);
        _secrets = new VaultCache<string>(
            reader,
            [_options.ApiKeySecretName, _options.ApiSecretSecretName],
            versions: 1,
            Parse,
            _options.StartupBudget,
            readLimit
        );
        _readings = new RefreshThrottle(ReadAsync, _options.ReloadCooldown, atOnce: 1, time);
        _earlier = new Earlier(this, isVaultAway: false);
        metrics.Observe(
            ServiceInstrument.CredentialsAge,
            () => IsLoaded ? time.GetElapsedTime(Volatile.Read(ref _confirmed)).TotalSeconds : null
        );
    }

    /// <summary>Whether there is a pair to sign with.</summary>
    public bool IsLoaded => _current is not null;

    /// <summary>The pair to sign with.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public ApiCredentials Current =>
        CurrentOrNone ?? throw new InvalidOperationException("No credentials from Key Vault are loaded.");

    /// <inheritdoc/>
    TimeSpan IVaultSecrets.RefreshInterval => _options.RefreshInterval;

    /// <summary>The pair to sign with; null before it was loaded, and while the vault has no valid one.</summary>
    internal ApiCredentials? CurrentOrNone => _current?.Credentials;

    /// <summary>Loads the pair for the first time, within the startup budget.</summary>
    /// <exception cref="CredentialsUnavailableException">It cannot be loaded; the message says what to do.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _secrets.ReadAsync(isStart: true, cancellationToken);
        var faults = _secrets.Faults.ToList();
        if (faults.Count > 0)
        {
            throw Worst(faults);
        }

        _newest = Newest();
        SignWith(_newest);
        Confirm();
        Log.Loaded(_logger, _options.VaultUri!);
    }

    /// <summary>Records that Onramp has accepted a pair.</summary>
    internal void Accepted(ApiCredentials credentials)
    {
        if (ReferenceEquals(_accepted?.Credentials, credentials) && ReferenceEquals(CurrentOrNone, credentials))
        {
            return;
        }

        if (Known().FirstOrDefault(pair => ReferenceEquals(pair.Credentials, credentials)) is not { } accepted)
        {
            return;
        }

        _accepted = accepted;
        if (_current is { } current && !ReferenceEquals(current, accepted) && _earlier.IsRefused(current))
        {
            SignWith(accepted);
        }
    }

    /// <summary>
    /// Finds another pair to sign with after Onramp refused those that signed a request. Concurrent callers share one
    /// read of the vault; within the cooldown there is none.
    /// </summary>
    /// <param name="refused">Every pair that signed the request.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The pair; null when every possible pair was refused.</returns>
    internal async ValueTask<ApiCredentials?> FindOtherAsync(
        IReadOnlyList<ApiCredentials> refused,
        CancellationToken cancellationToken
    )
    {
        await _readings.Running.WaitAsync(cancellationToken);
        Pair? other = _current is { } current && !refused.Contains(current.Credentials) ? current : null;
        if (other is null)
        {
            await (_readings.Join(mayPause: false) ?? Task.CompletedTask).WaitAsync(cancellationToken);
            _earlier.Refuse(refused);
            other = Likely().FirstOrDefault(pair => !refused.Contains(pair.Credentials));
        }

        if (other is null && _accepted is null)
        {
            var earlier = _earlier;
            other = (await earlier.ReadAsync().WaitAsync(cancellationToken)).FirstOrDefault(pair =>
                !earlier.IsRefused(pair) && !refused.Contains(pair.Credentials)
            );
        }

        if (other is not null)
        {
            Tell(other);
        }

        return other?.Credentials;
    }

    /// <inheritdoc/>
    void IVaultSecrets.ReportFaults()
    {
        // Nothing to report: <c>LoadAsync</c> fails on any error.
    }

    /// <inheritdoc/>
    async Task IVaultSecrets.RefreshAsync(CancellationToken cancellationToken)
    {
        await (_readings.Join(mayPause: true) ?? _readings.Running).WaitAsync(cancellationToken);
        if (
            _newest is { } newest
            && _current is { } current
            && !ReferenceEquals(newest, current)
            && newest.Credentials.SharesHalfWith(current.Credentials)
        )
        {
            Log.KeptWhole(_logger, _options.VaultUri!);
        }
    }

    private string Parse(string name, string value)
    {
        var fault =
            name == _options.ApiKeySecretName
                ? ApiCredentials.FindKeyFault(value)
                : ApiCredentials.FindSecretFault(value);
        return fault is null ? value : throw new FormatException(fault);
    }

    /// <summary>The pairs that are most likely right.</summary>
    private IEnumerable<Pair> Likely() => new[] { _current, _newest, _accepted }.OfType<Pair>();

    private IEnumerable<Pair> Known() => Likely().Concat(_earlier.Known);

    /// <summary>
    /// The error to report: an authentication error first. Only one of two concurrent reads acquires the token; the
    /// other merely times out.
    /// </summary>
    private static CredentialsUnavailableException Worst(List<CredentialsUnavailableException> faults) =>
        faults.Find(KeyVaultFault.IsOfSignIn) ?? faults[0];

    private async Task ReadAsync()
    {
        await _secrets.ReadAsync(isStart: false, CancellationToken.None);
        var faults = _secrets.Faults.ToList();
        if (faults.Exists(static fault => fault.Fault != SecretFault.Withdrawn))
        {
            Log.KeptOld(_logger, Worst(faults).Message);
        }

        _newest = Newest();
        _earlier = new Earlier(
            this,
            isVaultAway: faults.Exists(static fault => fault.Fault == SecretFault.Unreachable)
        );
        if (faults.Count == 0 && _newest is { } same && ReferenceEquals(same, _current))
        {
            Confirm();
            return;
        }

        if (faults.Count > 0 && faults.TrueForAll(static fault => fault.Fault == SecretFault.Unreachable))
        {
            return;
        }

        if (_accepted is { } accepted && !await IsInForceAsync(accepted))
        {
            _accepted = null;
        }

        if (_current is { } current && !await IsInForceAsync(current))
        {
            Log.Withdrawn(
                _logger,
                faults.Count > 0 ? faults[0].Message : "a version of it is disabled, expired or deleted"
            );
            SignWith(_newest ?? _accepted);
        }
        else if (
            _newest is { } newest
            && faults.Count == 0
            && _current?.Credentials.SharesHalfWith(newest.Credentials) != true
        )
        {
            SignWith(newest);
            Log.Changed(_logger, _options.VaultUri!);
            Confirm();
        }
    }

    private async Task<bool> IsInForceAsync(Pair pair)
    {
        using var deadline = _reader.Within(_readLimit, CancellationToken.None);
        var both = await Task.WhenAll(
            _reader.IsInForceAsync(_options.ApiKeySecretName, pair.KeyVersion, deadline),
            _reader.IsInForceAsync(_options.ApiSecretSecretName, pair.SecretVersion, deadline)
        );
        return both.All(static isInForce => isInForce);
    }

    /// <summary>The pair in the vault, as the known object when it is the same pair.</summary>
    private Pair? Newest()
    {
        if (
            _secrets[_options.ApiKeySecretName] is not [var key, ..]
            || _secrets[_options.ApiSecretSecretName] is not [var secret, ..]
        )
        {
            return null;
        }

        Pair read = new(new ApiCredentials(key.Value, secret.Value), key.Version, secret.Version);
        return Known().FirstOrDefault(pair => pair.Credentials.SameAs(read.Credentials)) is { } known
            ? known.MovedTo(read)
            : read;
    }

    private void SignWith(Pair? pair) => _current = pair;

    private void Confirm() => Volatile.Write(ref _confirmed, _time.GetTimestamp());

    private void Tell(Pair other)
    {
        if (!_earlier.TryTell())
        {
            return;
        }

        if (!ReferenceEquals(other, _newest))
        {
            Log.TryingEarlier(_logger, _options.VaultUri!);
        }
        else if (_current is { } current && !ReferenceEquals(current, other))
        {
            Log.TryingHalf(_logger, _options.VaultUri!);
        }
    }

    /// <summary>A pair and its versions in the vault.</summary>
    private sealed class Pair(ApiCredentials credentials, string keyVersion, string secretVersion)
    {
        private volatile string _keyVersion = keyVersion;
        private volatile string _secretVersion = secretVersion;

        public ApiCredentials Credentials => credentials;

        public string KeyVersion => _keyVersion;

        public string SecretVersion => _secretVersion;

        /// <summary>The same values were stored again as new versions.</summary>
        public Pair MovedTo(Pair other)
        {
            (_keyVersion, _secretVersion) = (other.KeyVersion, other.SecretVersion);
            return this;
        }
    }

    /// <summary>
    /// What is known since the last read: the refused pairs, and the pairs of the two newest versions of each secret.
    /// </summary>
    private sealed class Earlier(CredentialStore store, bool isVaultAway)
    {
        private const int Versions = 2;

        private readonly ConcurrentDictionary<ApiCredentials, bool> _refused = new();
        private readonly Lock _lock = new();
        private Task<Pair[]>? _reading;
        private int _told;

        public IReadOnlyList<Pair> Known => _reading is { IsCompletedSuccessfully: true } read ? read.Result : [];

        public bool IsRefused(Pair pair) => _refused.ContainsKey(pair.Credentials);

        public void Refuse(IReadOnlyList<ApiCredentials> refused)
        {
            foreach (var credentials in refused)
            {
                _refused.TryAdd(credentials, true);
            }
        }

        public bool TryTell() => Interlocked.Exchange(ref _told, 1) == 0;

        public Task<Pair[]> ReadAsync()
        {
            lock (_lock)
            {
                return _reading ??= isVaultAway ? Task.FromResult<Pair[]>([]) : ReadOnceAsync();
            }
        }

        private async Task<Pair[]> ReadOnceAsync()
        {
            try
            {
                using var deadline = store._reader.Within(store._readLimit, CancellationToken.None);
                var keys = store._reader.ReadAsync(store._options.ApiKeySecretName, Versions, deadline);
                var secrets = store._reader.ReadAsync(store._options.ApiSecretSecretName, Versions, deadline);
                await Task.WhenAll(keys, secrets);
                var (keyVersions, secretVersions) = (await keys, await secrets);
                return
                [
                    .. from key in keyVersions.Reverse()
                    from secret in secretVersions.Reverse()
                    where
                        ApiCredentials.FindKeyFault(key.Value) is null
                        && ApiCredentials.FindSecretFault(secret.Value) is null
                    let pair = new Pair(new ApiCredentials(key.Value, secret.Value), key.Id, secret.Id)
                    where !_refused.Keys.Any(pair.Credentials.SameAs)
                    select pair,
                ];
            }
            catch (CredentialsUnavailableException fault)
            {
                Log.NoEarlier(store._logger, fault.Message);
                return [];
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Information, "API key and secret loaded from Key Vault {Vault}")]
        public static partial void Loaded(ILogger logger, Uri vault);

        [LoggerMessage(
            102,
            LogLevel.Information,
            "API key and secret changed in Key Vault {Vault}: signing with the new pair"
        )]
        public static partial void Changed(ILogger logger, Uri vault);

        [LoggerMessage(103, LogLevel.Warning, "Still signing with the previous pair: {Fault}")]
        public static partial void KeptOld(ILogger logger, string fault);

        [LoggerMessage(
            104,
            LogLevel.Warning,
            "Still signing with the previous pair: only one of the two secrets is new in Key Vault {Vault}. Set the other one too; "
                + "if only one is meant to change, it takes effect once Onramp refuses the current pair"
        )]
        public static partial void KeptWhole(ILogger logger, Uri vault);

        [LoggerMessage(
            105,
            LogLevel.Warning,
            "Onramp refuses the pair, and only one of the two secrets is new in Key Vault {Vault}: trying the new one with the unchanged other"
        )]
        public static partial void TryingHalf(ILogger logger, Uri vault);

        [LoggerMessage(
            106,
            LogLevel.Warning,
            "Onramp refuses the current pair in Key Vault {Vault}: trying the previous one. Disable the new versions, or have Onramp accept them"
        )]
        public static partial void TryingEarlier(ILogger logger, Uri vault);

        [LoggerMessage(107, LogLevel.Warning, "No longer signing with the previous pair: {Reason}")]
        public static partial void Withdrawn(ILogger logger, string reason);

        [LoggerMessage(108, LogLevel.Warning, "Cannot look for an earlier pair: {Fault}")]
        public static partial void NoEarlier(ILogger logger, string fault);
    }
}
