using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Callers;

/// <summary>
/// The secrets of the callers that sign. The two newest versions in Key Vault are valid at the same time, so that no
/// request is refused while a secret changes. A caller without a valid secret is refused; other callers are not
/// affected.
/// </summary>
internal sealed partial class CallerKeys : IVaultSecrets
{
    private const int GoodVersions = 2;
    private const int ReadingsAtOnce = 3;

    private readonly VaultCache<WebhookKey> _secrets;
    private readonly RefreshThrottle _readings;
    private readonly IReadOnlyDictionary<string, string> _callers;
    private readonly TimeSpan _readLimit;
    private readonly TimeProvider _time;
    private readonly ILogger<CallerKeys> _logger;

    /// <param name="reader">Reads Key Vault.</param>
    /// <param name="options">The callers.</param>
    /// <param name="vault">The startup budget and the cooldown.</param>
    /// <param name="readLimit">How long a read after the start may take, and how long a request waits for one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public CallerKeys(
        VaultReader reader,
        IOptions<CallersOptions> options,
        IOptions<KeyVaultOptions> vault,
        TimeSpan readLimit,
        TimeProvider time,
        ILogger<CallerKeys> logger
    )
    {
        (_readLimit, _time, _logger) = (readLimit, time, logger);
        RefreshInterval = options.Value.RefreshInterval;
        _callers = (options.Value.Signatures == SignatureMode.Off ? [] : options.Value.Names).ToDictionary(
            CallersOptions.SecretName
        );
        _secrets = new VaultCache<WebhookKey>(
            reader,
            _callers.Keys,
            GoodVersions,
            static (_, value) => WebhookKey.Parse(value),
            vault.Value.StartupBudget,
            readLimit
        );
        _readings = new RefreshThrottle(ReadAsync, vault.Value.ReloadCooldown, ReadingsAtOnce, time);
    }

    /// <inheritdoc/>
    public TimeSpan RefreshInterval { get; }

    /// <inheritdoc/>
    public Task LoadAsync(CancellationToken cancellationToken) => _secrets.ReadAsync(isStart: true, cancellationToken);

    /// <inheritdoc/>
    public void ReportFaults() => Report(hasOld: false);

    /// <inheritdoc/>
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        (_readings.Join(mayPause: true) ?? _readings.Running).WaitAsync(cancellationToken);

    /// <summary>
    /// Finds the caller that signed. When no key matches, the caller's key may be newer than the last read. A request
    /// is therefore refused only after a read that began later, unless that read takes too long or too many requests
    /// already wait for it.
    /// </summary>
    /// <param name="isBy">Returns whether a key made the signature.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The name; null when the signature belongs to no known caller.</returns>
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

            await (_readings.Join(mayPause: true) ?? Task.CompletedTask).WaitAsync(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The read takes too long. The keys known by now decide.
        }

        return Find(isBy);
    }

    private string? Find(Func<WebhookKey, bool> isBy)
    {
        foreach (var (secret, name) in _callers)
        {
            foreach (var (_, key) in _secrets[secret])
            {
                if (isBy(key))
                {
                    return name;
                }
            }
        }

        return null;
    }

    private async Task ReadAsync()
    {
        foreach (var changed in await _secrets.ReadAsync(isStart: false, CancellationToken.None))
        {
            Log.Changed(_logger, _callers[changed], _secrets[changed].Count);
        }

        Report(hasOld: true);
    }

    private void Report(bool hasOld)
    {
        foreach (var fault in _secrets.TakeNewFaults())
        {
            if (hasOld && fault.Fault == SecretFault.Unreachable)
            {
                Log.KeptOld(_logger, fault.Message);
            }
            else
            {
                Log.NotGood(_logger, fault.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            111,
            LogLevel.Information,
            "The secret of caller {Caller} changed in Key Vault; valid versions: {Count}"
        )]
        public static partial void Changed(ILogger logger, string caller, int count);

        [LoggerMessage(112, LogLevel.Warning, "Still verifying with the callers' previous secrets: {Fault}")]
        public static partial void KeptOld(ILogger logger, string fault);

        [LoggerMessage(113, LogLevel.Warning, "Rejecting signatures made with this caller's secret: {Fault}")]
        public static partial void NotGood(ILogger logger, string fault);
    }
}
