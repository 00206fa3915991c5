using System.Collections.Frozen;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Callers;

/// <summary>
/// The secrets of the callers that sign: of each the current version in Key Vault and the one before, both good at once, so that nobody is refused while a
/// secret changes. The last good ones stay whatever the vault answers.
/// </summary>
internal sealed partial class CallerKeys : IVaultSecrets
{
    private const int LiveVersions = 2;

    private readonly SecretClient _client;
    private readonly CallersOptions _options;
    private readonly KeyVaultOptions _vault;
    private readonly TimeSpan _readLimit;
    private readonly TimeProvider _time;
    private readonly ILogger<CallerKeys> _logger;
    private readonly PacedReadings _readings;
    private volatile FrozenDictionary<string, WebhookKey[]> _keys = FrozenDictionary<string, WebhookKey[]>.Empty;

    /// <param name="client">Key Vault.</param>
    /// <param name="options">The callers.</param>
    /// <param name="vault">The startup budget and the cooldown.</param>
    /// <param name="readLimit">How long a reading after the start may take, and how long a request waits for one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public CallerKeys(
        SecretClient client, IOptions<CallersOptions> options, IOptions<KeyVaultOptions> vault, TimeSpan readLimit, TimeProvider time, ILogger<CallerKeys> logger)
    {
        _client = client;
        _options = options.Value;
        _vault = vault.Value;
        _readLimit = readLimit;
        _time = time;
        _logger = logger;
        _readings = new PacedReadings(TryReadAsync, _vault.ReloadCooldown, time);
    }

    private bool IsOff => _options.Signatures == SignatureMode.Off;

    /// <inheritdoc/>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!IsOff)
        {
            _keys = await ReadAsync(_vault.StartupBudget, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task RefreshAsync(CancellationToken cancellationToken) => IsOff || _readings.Join() is not { } reading ? Task.CompletedTask : reading.WaitAsync(cancellationToken);

    /// <summary>
    /// The caller who has signed. When no key fits, one may be newer than what was read: nobody is refused before a reading that began after the request came has
    /// ended without it, unless that takes too long, or too many wait for it already.
    /// </summary>
    /// <param name="isBy">Whether a key has made the signature.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The name; null for nobody that is known.</returns>
    public async ValueTask<string?> FindAsync(Func<WebhookKey, bool> isBy, CancellationToken cancellationToken)
    {
        if (Find(isBy) is { } known)
        {
            return known;
        }

        using var limit = new CancellationTokenSource(_readLimit, _time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _readings.Running.WaitAsync(limited.Token);
            if (Find(isBy) is { } found)
            {
                return found;
            }

            await (_readings.Join() ?? Task.CompletedTask).WaitAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It takes too long. What was read by now decides.
        }

        return Find(isBy);
    }

    private string? Find(Func<WebhookKey, bool> isBy)
    {
        foreach (var (name, live) in _keys)
        {
            if (Array.Exists(live, key => isBy(key)))
            {
                return name;
            }
        }

        return null;
    }

    private async Task TryReadAsync()
    {
        try
        {
            var read = await ReadAsync(_readLimit, CancellationToken.None);
            if (!Same(read, _keys))
            {
                _keys = read;
                Log.Changed(_logger, _client.VaultUri);
            }
        }
        catch (CredentialsUnavailableException exception)
        {
            Log.KeptOld(_logger, exception.Message);
        }
    }

    private static bool Same(FrozenDictionary<string, WebhookKey[]> one, FrozenDictionary<string, WebhookKey[]> other)
        => one.All(caller => other.TryGetValue(caller.Key, out var live) && live.Length == caller.Value.Length && live.Zip(caller.Value).All(static pair => pair.First.SameAs(pair.Second)));

    private async Task<FrozenDictionary<string, WebhookKey[]>> ReadAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        var read = await Task.WhenAll(_options.Names.Select(async name => KeyValuePair.Create(name, await ReadAsync(CallersOptions.SecretName(name), limit, linked.Token, cancellationToken))));
        return read.ToFrozenDictionary();
    }

    private async Task<WebhookKey[]> ReadAsync(string secret, TimeSpan limit, CancellationToken limited, CancellationToken cancellationToken)
    {
        List<WebhookKey> live = [];
        foreach (var value in await ReadValuesAsync(secret, limit, limited, cancellationToken))
        {
            live.Add(WebhookKey.TryRead(value, out var key) ? key : throw KeyVaultFault.Wrong(WebhookKey.Advice, _client.VaultUri, secret));
        }

        return live.Count > 0 ? [.. live] : throw KeyVaultFault.Wrong("it has no version that is enabled and in force. Set it again, or enable one.", _client.VaultUri, secret);
    }

    /// <summary>The values of the live versions, the newest first.</summary>
    private async Task<List<string>> ReadValuesAsync(string secret, TimeSpan limit, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            var now = _time.GetUtcNow();
            List<SecretProperties> versions = [];
            await foreach (var version in _client.GetPropertiesOfSecretVersionsAsync(secret, limited))
            {
                if (version.Enabled != false && !(version.ExpiresOn <= now) && !(version.NotBefore > now))
                {
                    versions.Add(version);
                }
            }

            List<string> values = [];
            foreach (var version in versions.OrderByDescending(static version => version.CreatedOn).Take(LiveVersions))
            {
                values.Add((await _client.GetSecretAsync(secret, version.Version, cancellationToken: limited)).Value.Value ?? throw new FormatException("The answer has no value."));
            }

            return values;
        }
        catch (Exception exception)
        {
            // Whatever is thrown, the vault's answer is the cause, unless the caller wanted an end.
            cancellationToken.ThrowIfCancellationRequested();
            throw KeyVaultFault.Explain(exception, _client.VaultUri, secret, limit);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(111, LogLevel.Information, "The callers' secrets changed in Key Vault {Vault}")]
        public static partial void Changed(ILogger logger, Uri vault);

        [LoggerMessage(112, LogLevel.Warning, "Still verifying with the callers' secrets read before: {Fault}")]
        public static partial void KeptOld(ILogger logger, string fault);
    }
}
