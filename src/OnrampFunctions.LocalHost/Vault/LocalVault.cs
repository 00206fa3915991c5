using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OnrampFunctions.Local.Vault;

/// <summary>The two secrets of the vault that stands in for Key Vault.</summary>
public sealed class LocalVault
{
    /// <summary>Name of the secret that holds the API key.</summary>
    public const string ApiKeyName = "onramp-api-key";

    /// <summary>Name of the secret that holds the API secret.</summary>
    public const string ApiSecretName = "onramp-api-secret";

    /// <summary>What the names of callers' secrets begin with; every caller has the same one here.</summary>
    public const string WebhookPrefix = "webhook-";

    private readonly OnrampSimulator _simulator;
    private volatile IReadOnlyList<string> _webhookSecrets;
    private volatile Content _content;
    private int _reads;

    /// <summary>Makes a vault that holds the pair, and the secret that callers sign with.</summary>
    public LocalVault(ProviderCredentials credentials, string webhookSecret, OnrampSimulator simulator)
    {
        _simulator = simulator;
        _webhookSecrets = [webhookSecret];
        _content = Hold(credentials, version: 1);
    }

    /// <summary>How it behaves.</summary>
    public VaultState State { get; set; }

    /// <summary>How often one of the pair was asked for, whatever it answered.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Tells that one of the pair was asked for, before it is answered.</summary>
    public event Action? IsRead;

    /// <summary>Which pair it holds: 1 at the start, one more after every change.</summary>
    public int Version => _content.Version;

    /// <summary>Changes the pair here and at the provider, which from then on refuses the old one.</summary>
    public void Rotate(ProviderCredentials credentials)
    {
        Store(credentials);
        _simulator.Credentials = credentials;
    }

    /// <summary>Changes the pair here only: an operator's mistake, if the provider does not accept it.</summary>
    public void Store(ProviderCredentials credentials) => _content = Hold(credentials, _content.Version + 1);

    /// <summary>Every version of the callers' secret, the newest last.</summary>
    public IReadOnlyList<string> WebhookSecrets => _webhookSecrets;

    /// <summary>Gives the callers' secret another version; that and the one before are good then.</summary>
    public void RotateWebhookSecret(string secret) => _webhookSecrets = [.. _webhookSecrets, secret];

    /// <summary>Forgets a secret, as if it had been named otherwise.</summary>
    public void Remove(string name) => _content = _content with { Secrets = _content.Secrets.Where(secret => secret.Key != name).ToFrozenDictionary() };

    internal int CountRead()
    {
        var read = Interlocked.Increment(ref _reads);
        IsRead?.Invoke();
        return read;
    }

    internal bool TryRead(string name, [NotNullWhen(true)] out string? value, out string version)
    {
        var current = _content;
        version = current.Version.ToString("x32", CultureInfo.InvariantCulture);
        return current.Secrets.TryGetValue(name, out value);
    }

    private static Content Hold(ProviderCredentials credentials, int version) => new(
        version,
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [ApiKeyName] = credentials.ApiKey, [ApiSecretName] = credentials.ApiSecret }
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));

    private sealed record Content(int Version, FrozenDictionary<string, string> Secrets);
}
