using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Secrets;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// The keys from Key Vault that authenticate messages. The two newest versions verify. A new version signs only after
/// two refresh intervals: by then every instance has read it, and none mistakes our own message for a forgery.
/// </summary>
internal sealed partial class QueueKeys : IMessageKeys, IVaultSecrets
{
    private const int Versions = 2;
    private const int MinBytes = 32;
    private const int MaxBytes = 64;

    // Retries must continue while the vault has withdrawn every version. Other instances treat such messages as new
    // requests.
    private readonly byte[] _makeshift = RandomNumberGenerator.GetBytes(MinBytes);

    private readonly VaultCache<byte[]> _secrets;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueKeys> _logger;
    private volatile Keys _keys;

    /// <param name="reader">Reads Key Vault.</param>
    /// <param name="options">The name of the secret, the startup budget and the refresh interval.</param>
    /// <param name="readLimit">How long a read after the start may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public QueueKeys(
        VaultReader reader,
        IOptions<KeyVaultOptions> options,
        TimeSpan readLimit,
        TimeProvider time,
        ILogger<QueueKeys> logger
    )
    {
        (_time, _logger) = (time, logger);
        _name = options.Value.QueueKeySecretName;
        _keys = new Keys(Newest: null, time.GetTimestamp(), [_makeshift]);
        RefreshInterval = options.Value.RefreshInterval;
        _secrets = new VaultCache<byte[]>(
            reader,
            [_name],
            Versions,
            static (_, value) => Parse(value),
            options.Value.StartupBudget,
            readLimit
        );
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Current =>
        _keys is var keys && keys.Live.Count > 1 && _time.GetElapsedTime(keys.NewestSince) < 2 * RefreshInterval
            ? keys.OldestFirst
            : keys.Live;

    /// <inheritdoc/>
    public TimeSpan RefreshInterval { get; }

    /// <inheritdoc/>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _secrets.ReadAsync(isStart: true, cancellationToken);
        if (_secrets[_name].Count == 0)
        {
            throw _secrets.Faults.First();
        }

        Apply();
    }

    /// <inheritdoc/>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var changed = await _secrets.ReadAsync(isStart: false, cancellationToken);
        Apply();
        ReportFaults();
        if (changed.Count > 0)
        {
            Log.Changed(_logger, _secrets[_name].Count);
        }
    }

    /// <inheritdoc/>
    public void ReportFaults()
    {
        foreach (var fault in _secrets.TakeNewFaults())
        {
            if (_secrets[_name].Count > 0)
            {
                Log.NotRead(_logger, fault.Message);
            }
            else
            {
                Log.Withdrawn(_logger, fault.Message);
            }
        }
    }

    private void Apply()
    {
        var versions = _secrets[_name];
        var newest = versions.Count == 0 ? null : versions[0].Version;
        var since = newest == _keys.Newest ? _keys.NewestSince : _time.GetTimestamp();
        _keys = new Keys(
            newest,
            since,
            versions.Count == 0 ? [_makeshift] : [.. versions.Select(static version => version.Value)]
        );
    }

    private static byte[] Parse(string value) =>
        SecretText.DecodeKey(value, MinBytes, MaxBytes)
        ?? throw new FormatException(
            $"It must be {MinBytes} to {MaxBytes} random bytes in base64: create it with openssl rand -base64 {MinBytes}."
        );

    /// <summary>The keys of the last read.</summary>
    /// <param name="Newest">The newest version; null while the vault has none.</param>
    /// <param name="NewestSince">When this instance first read it: a timestamp of the monotonic clock.</param>
    /// <param name="Live">The keys, the newest first.</param>
    private sealed record Keys(string? Newest, long NewestSince, IReadOnlyList<byte[]> Live)
    {
        public IReadOnlyList<byte[]> OldestFirst { get; } = [.. Live.Reverse()];
    }

    private static partial class Log
    {
        [LoggerMessage(
            121,
            LogLevel.Information,
            "The key that authenticates queue messages changed in Key Vault; valid versions: {Count}"
        )]
        public static partial void Changed(ILogger logger, int count);

        [LoggerMessage(122, LogLevel.Warning, "Authenticating messages with the previous keys: {Fault}")]
        public static partial void NotRead(ILogger logger, string fault);

        [LoggerMessage(
            123,
            LogLevel.Warning,
            "Authenticating messages with a random key of this process, which no other instance knows: {Fault}"
        )]
        public static partial void Withdrawn(ILogger logger, string fault);
    }
}
